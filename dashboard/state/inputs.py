"""What a person changes: widgets only write into the one `Choice` of the data set on the screen; pages read it from here.

One concept: the `Choice` of a data set in a session. Every function reads it or puts a changed one in its
place, and forgetting a file must find all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from analytics.assumptions import Assumption, Assumptions
from analytics.valuation.policy import DEFAULT_POLICY
from dashboard.files_in_use import due, forget, held
from dashboard.results import compute, reading
from dashboard.results.facts import Override
from dashboard.sessions import drop_uploads, forget_widgets
from dashboard.state import memory, steps
from dashboard.state.choice import WHAT_IF, Choice, Source, base_assumptions, file_source, sample_source
from dashboard.state.who import signature, stock_signature, under_a_name
from dashboard.team.session import changes
from dashboard.text.words import field_words, plain
from sample_data import sample_paths, samples

__all__ = [
    "OWN", "SHOWN", "ask_ets", "choice", "choice_with", "choices", "clean", "close_products", "confirm", "confirm_as_assumed",
    "confirm_for", "drop_own_choices", "give_up", "hide_names", "hold", "keep", "lever", "look_at", "lost",
    "open_sample", "open_source", "override", "release", "release_for", "remove_scenario", "reset_levers", "save_scenario", "scenarios", "state_values",
    "take_back_answers", "undo", "use_rule", "use_stock_files", "value_stock", "went_to", "with_stock_files",
    "without_overrides",
]  # fmt: skip

OWN = "own"
#: what is sought and shown on Products
SHOWN = "_shown on products"
#: what a session holds of an own file besides its choice: the bytes, its columns, the answers about it
_OF_THE_FILE = (
    "sales-files", "items-file", "bom-file", "beside-files", "beside-added", "mapping", "mapping-for", "file-currency", "date-order", "file-decimal", "file-encoding", "file-start",
    "file-periods", "file-fiscal_start", "file-dates", "file-join", "kept-lines", "treatments", "treatments-for", "treatment-changed",
    "treatment-wrong", "units-read", "remembered", "_work", "_works", "_beside", "product", SHOWN, "_replay asked", "_not replayed",
    "_earlier", "earlier-study", "_lost", "_offered", "_steps", "_about", "_waits for a name",
)  # fmt: skip


def _from_command_line() -> Source | None:
    """The files named on the command line, if any."""
    path = os.environ.get("STOCK_OR_ORDER_SALES")
    if not path:
        return None
    further = [
        Path(os.environ[name]) if os.environ.get(name) else None
        for name in (f"STOCK_OR_ORDER_{kind}" for kind in ("ITEMS", "BOM", "STOCK", "RECEIPTS", "PROMOTIONS"))
    ]
    items, bom, *beside = ((one.name, one.read_bytes()) if one else None for one in further)
    sales = ((Path(path).name, Path(path).read_bytes()),)
    return file_source(sales, items, bom=bom, beside=tuple(one for one in beside if one))


def _own(source: Source, asked: str) -> Choice:
    """A person's own file, as it was looked at where the address names that."""
    compute.remember(source)
    plain = Choice(source, Assumptions())
    state = memory.state(source.digest, asked) if asked else None
    return plain.at(state) if state else plain


def _sample(name: str, asked: str = "") -> Choice:
    plain = Choice(sample_source(name), base_assumptions(name), samples()[name].currency)
    state = memory.state(plain.source.digest, asked) if asked else None
    return plain.at(state) if state else plain


def _named(data: str, asked: str) -> tuple[str, Choice] | None:
    """The data set that an address names, looked at as it names that; None where its data are not here."""
    if data in samples():
        return data, _sample(data, asked)
    given = compute.remembered(data)
    return (OWN, _own(given, asked)) if given else None


def went_to(data: str, asked: str) -> None:
    """Show what an address names to which the browser went back; where its data are gone, say so as for any link."""
    named = _named(data, asked)
    if named is None:
        st.session_state["_lost"] = (data, asked)
        return
    st.session_state.pop("_lost", None)
    choices()[named[0]] = named[1]
    st.session_state["_open"] = named[0]


def open_sample(name: str) -> None:
    """Look at a sample company from now on."""
    st.session_state["_open"] = name
    close_products()


def close_products() -> None:
    """No product is open, nothing sought and nothing left out."""
    for name in ("product", "product-open", SHOWN):
        st.session_state.pop(name, None)


def choices() -> dict[str, Choice]:
    """The choice per data set; a new session begins with what its address names."""
    if "choices" not in st.session_state:
        data, asked = st.query_params.get("data", ""), st.query_params.get("state", "")
        found: dict[str, Choice] = {}
        named = _named(data, asked)
        if named is None and (given := _from_command_line()):
            named = OWN, _own(given, asked)
        if named:
            found[named[0]] = named[1]
            st.session_state["data"] = named[0]
        elif data:
            st.session_state["_lost"] = (data, asked)
        st.session_state["choices"] = found
    kept: dict[str, Choice] = st.session_state["choices"]
    if held().forgotten:
        _without_forgotten(kept)
    return kept


def _without_forgotten(kept: dict[str, Choice]) -> None:
    """Clear what this session holds of files that were forgotten in another window, and say of the one on its screen that it is gone."""
    forgotten = held().is_forgotten
    own = kept[OWN].source.digest if OWN in kept else ""
    gone = due() | ({own} if own and forgotten(own) else set())
    if gone:
        _clear_file()
        if own in gone:
            st.session_state["_lost"] = (own, "")
    offered = st.session_state.get("_offered", {})
    for data in [data for data in offered if forgotten(data)]:
        del offered[data]
    for data, ones in offered.items():
        offered[data] = [one for one in ones if not forgotten(one.data)]
    for data in gone:
        steps.drop_steps(data)


def lost() -> str:
    """The data that the address names and that are not here; "" where there is something to show."""
    choices()
    return str(st.session_state.get("_lost", ("", ""))[0])


def _clear_file() -> None:
    """Take everything of the own file out of this session."""
    for work in (
        *st.session_state.get("_works", {}).values(),
        *st.session_state.get("_beside", {}).values(),
    ):
        work.give_up()
    for name in [str(n) for n in st.session_state]:
        if name in _OF_THE_FILE or name.startswith(("map-", "meant-", "currency-", "register-", "area-")):
            del st.session_state[name]
    forget_widgets()
    drop_uploads()
    st.session_state["choices"].pop(OWN, None)
    if st.session_state.get("data") == OWN:
        st.session_state["_open"] = next(iter(samples()))


def choice() -> Choice:
    """The choice behind the page on the screen."""
    known = choices()
    name = st.session_state.get("data") or next(iter(samples()))
    if name == OWN and OWN not in known:
        name = next(iter(samples()))
    if name not in known:
        known[name] = _sample(name)
    return known[name]


@changes
def keep(changed: Choice) -> None:
    """Make this the choice of its data set; a step where a figure may move."""
    look_at(changed)


def look_at(changed: Choice) -> None:
    """Show a data set as this choice has it: one that was kept before, so that nothing is changed by it."""
    name = changed.source.sample or OWN
    steps.noted(choices().get(name), changed)
    choices()[name] = changed


@changes
def open_source(source: Source, currency: str = "") -> None:
    """Look at a new file from now on; the answers of an earlier visit are there again where the address still names them."""
    held().open(source.digest)
    memory.brought(source.digest)
    drop_uploads()  # the source has the bytes
    lost, asked = st.session_state.pop("_lost", ("", ""))
    found = _own(source, asked if lost == source.digest else "")
    choices()[OWN] = replace(found, currency=currency or found.currency)
    st.session_state["_open"] = OWN
    close_products()


def with_stock_files(beside: tuple[tuple[str, bytes], ...]) -> Source:
    """The files on the screen with these of stock and goods received, in the place of those given before; a sample's own files with them."""
    now = choice().source
    if now.sample:
        paths = sample_paths(now.sample)
        sales, items = ((paths[kind].name, paths[kind].read_bytes()) for kind in ("sales", "items"))
        return file_source((sales,), items, beside=beside)
    return file_source(
        now.sales, now.items, now.date_order, now.mapping, now.options, now.bom, now.treatments, beside
    )


def choice_with(source: Source) -> Choice:
    """The choice on the screen with other files: what was answered, tried and chosen stays, but for the day of the stock."""
    current = choice()
    return replace(current, source=source, policy=replace(current.policy, as_of=DEFAULT_POLICY.as_of))


@changes
def use_stock_files(source: Source) -> None:
    """Look at the same files with others of stock and goods received beside them."""
    found = choice_with(source)
    compute.remember(source)
    held().open(source.digest)
    memory.brought(source.digest)
    drop_uploads()
    steps.noted(choice(), found)
    choices()[OWN] = found
    st.session_state["_open"] = OWN
    close_products()


@changes
def give_up() -> None:
    """Forget the uploaded file and all that was found out or kept about it, in memory and on disk."""
    gone = choices().get(OWN)
    _clear_file()
    if gone is not None:
        header = reading.header_of(gone.source.sales) if memory.namings() else ()
        forget(gone.source.digest)
        memory.forget(gone.source.digest, header)
        why = memory.why_not()
        st.toast(
            plain(f"Not all of it could be deleted: {why}.")
            if why
            else "Your file, everything found out about it and its scenarios are gone, from memory and from disk."
        )
    st.session_state["_open"] = next(iter(samples()))
    close_products()


def _signed(key: str, what: str, change: Callable[[Choice], Choice]) -> None:
    """Confirm or decide something (`what` in words): `change` makes the choice with it, once a name is typed to stand with it."""
    source = choice().source
    under_a_name(source.digest, bool(source.sample), key, what, lambda: keep(change(choice())))


def confirm(values: Mapping[str, float]) -> None:
    """Answers: these values are confirmed, in general. An answer stands: a lever of the same name goes."""

    def changed(current: Choice) -> Choice:
        answers = current.answers.with_general(**values)
        return replace(
            current,
            answers=answers.signed_by(*signature(current.source.digest), *values),
            levers=tuple(one for one in current.levers if one[0] not in values),
        )

    _signed(", ".join(values), field_words(next(iter(values))), changed)


def confirm_as_assumed(name: str) -> None:
    """An answer: it is as was assumed, product by product. Nothing changes but the range; a lever of that name goes."""

    def changed(current: Choice) -> Choice:
        answers = current.answers.confirmed_as_assumed(name)
        return replace(
            current,
            answers=answers.signed_by(*signature(current.source.digest), name),
            levers=tuple(one for one in current.levers if one[0] != name),
        )

    _signed(name, field_words(name), changed)


def _told_apart(answers: Assumptions, family: str, sku: str) -> Mapping[str, Assumption]:
    """What was answered for one product (`sku`), else for one `family`."""
    return answers.product.get(sku, {}) if sku else answers.family.get(family, {})


def _telling_apart(
    answers: Assumptions, family: str, sku: str, told: Mapping[str, Assumption]
) -> Assumptions:
    """The answers with these (`told`) for one product (`sku`), else for one `family`; without any it is not named."""
    if sku:
        rest = {one: values for one, values in answers.product.items() if one != sku}
        return replace(answers, product=rest | ({sku: told} if told else {}))
    rest = {one: values for one, values in answers.family.items() if one != family}
    return replace(answers, family=rest | ({family: told} if told else {}))


def confirm_for(values: Mapping[str, float], family: str = "", sku: str = "") -> None:
    """Answers for one product (`sku`), else for one `family`: these values are confirmed for it alone."""

    def changed(current: Choice) -> Choice:
        stated = Assumptions().with_general(**values)
        own = stated.signed_by(*signature(current.source.digest), *values).general
        told = {**_told_apart(current.answers, family, sku), **own}
        return replace(current, answers=_telling_apart(current.answers, family, sku, told))

    of = "a product" if sku else "a family"
    _signed(
        f"{of}/{sku or family}/{', '.join(values)}", f"{field_words(next(iter(values)))} of {of}", changed
    )


def release_for(name: str, family: str = "", sku: str = "") -> None:
    """Take an answer back that was given for one product (`sku`), else for one `family`."""
    current = choice()
    told = {
        field: value for field, value in _told_apart(current.answers, family, sku).items() if field != name
    }
    keep(replace(current, answers=_telling_apart(current.answers, family, sku, told)))


def state_values(answers: Assumptions, names: Sequence[str]) -> None:
    """Values edited in the table (`names`, of `answers`) are confirmed; levers are part of them and go."""

    def changed(current: Choice) -> Choice:
        base = current.assumptions
        rows = {name: one for name, one in answers.general.items() if name in names}
        stands = tuple(name for name in base.as_assumed if name not in names)
        stated = replace(base, general={**base.general, **rows}, as_assumed=stands)
        signed = stated.signed_by(*signature(current.source.digest), *names)
        return replace(current, levers=(), answers=signed)

    _signed("table", "the values edited in the table", changed)


def release(*names: str) -> None:
    """Take answers back: the source's own value, else the table's default. Levers and own choices stay."""
    current = choice()
    base = base_assumptions(current.source.sample)
    general = {k: v for k, v in current.answers.general.items() if k not in names} | {
        name: base.general[name] for name in names if name in base.general
    }
    as_assumed = tuple(
        name for name in current.answers.as_assumed if name not in names or name in base.as_assumed
    )
    keep(replace(current, answers=replace(current.answers, general=general, as_assumed=as_assumed)))


def lever(values: Mapping[str, float]) -> None:
    """Move levers for all pages, on top of what was answered; a lever that is back where it started is none."""
    current = choice()
    levers = {**dict(current.levers), **values}
    stated = {f"{WHAT_IF}{one.name}": one.change for one in current.answers.what_if}
    keep(
        replace(
            current,
            levers=tuple(
                (name, value)
                for name, value in levers.items()
                if value
                != (stated.get(name, 0.0) if name.startswith(WHAT_IF) else current.answers.of(name).value)
            ),
        )
    )


def reset_levers() -> None:
    """All levers back; answers and own choices stay."""
    keep(replace(choice(), levers=()))


def take_back_answers() -> None:
    """All answers back to what was assumed when the data were opened; levers and own choices stay."""
    current = choice()
    base = base_assumptions(current.source.sample)
    keep(replace(current, answers=replace(base, limits=current.answers.limits)))


def drop_own_choices() -> None:
    """The recommendation for every product again; answers and levers stay."""
    keep(replace(choice(), overrides=()))


@changes
def undo() -> None:
    """The last step is undone, and nothing else; steps before it stay and can be undone after it."""
    now = choice()
    before = steps.taken_off(now)
    if before is None:
        return
    name = before.source.sample or OWN
    choices()[name] = before
    if before.source.digest != now.source.digest:
        compute.remember(before.source)
        if not before.source.sample:
            held().open(before.source.digest)
            memory.brought(before.source.digest)
        st.session_state["_open"] = name
        st.session_state.pop("product", None)


def use_rule(text: str) -> None:
    """A plan of one's own beside the others from now on, by a rule as it is typed; "" takes it away."""
    keep(replace(choice(), rule=text))


def hold(wanted: bool) -> None:
    """From now on keep the settings and strategies chosen at the present assumptions, whatever a price does; or choose them anew again."""
    current = choice()
    keep(replace(current, held=current.assumptions if wanted else None))


def override(chosen: tuple[Override, ...]) -> None:
    """Count a person's own choices for products from now on."""
    again = {o.sku for o in chosen}

    def changed(current: Choice) -> Choice:
        who = signature(current.source.digest)
        signed = (replace(o, by=who.by, data_date=who.data_date) for o in chosen)
        return replace(current, overrides=(*(o for o in current.overrides if o.sku not in again), *signed))

    _signed(f"own/{'/'.join(sorted(again))}", "your own choice", changed)


def without_overrides(skus: tuple[str, ...]) -> None:
    """Go back to the recommendation for products."""
    current = choice()
    keep(replace(current, overrides=tuple(o for o in current.overrides if o.sku not in skus)))


def clean(layers: tuple[str, ...] | None) -> None:
    """Take these layers out of the history before it is forecast, from now on (None: the default ones)."""
    keep(replace(choice(), cleaning=layers))


def value_stock(**changes: object) -> None:
    """Value stock in another way from now on, under the name typed. Raises DataError where that cannot be; then what held stays."""
    current = choice()
    who = stock_signature(current.source.digest)
    before = {name: one for name, one in current.policy.signed.items() if name not in changes}
    mine = dict.fromkeys((name for name in changes if name != "overrides"), who) if who.by else {}
    changes["signed"] = {**before, **mine}
    keep(replace(current, policy=replace(current.policy, **changes)))  # type: ignore[arg-type]


def ask_ets(products: int) -> None:
    """Let statsmodels' ETS join the forecast of so many products from now on."""
    keep(replace(choice(), ets=products))


def hide_names(wanted: bool) -> None:
    """Show every product, family, channel, customer and file under a made-up name, or not."""
    keep(replace(choice(), anonymous=wanted))
    # the list of data sets names the file otherwise from now on: the browser has to be told which one stays
    st.session_state["_open"] = choice().source.sample or OWN
    close_products()


def scenarios() -> dict[str, memory.State]:
    """Saved scenarios of the data set on the screen, by name."""
    return memory.scenarios(choice().source.digest)


def save_scenario(name: str) -> bool:
    """Keep the present assumptions and own choices under a name; False where nothing can be kept."""
    return bool(_save_scenario(name))


@changes
def _save_scenario(name: str) -> bool:
    current = choice()
    return memory.keep_scenario(current.source.digest, name, current.state)


@changes
def remove_scenario(name: str) -> None:
    """Delete a saved scenario."""
    memory.remove_scenario(choice().source.digest, name)
