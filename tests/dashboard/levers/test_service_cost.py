"""What another service would cost: asked for a family on Compare and for a product on its page."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.results import compute, product_results


def _texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.subheader, *at.markdown]).replace("\\", "")


def test_a_target_is_set_for_a_family_and_its_price_is_read(start: Callable[..., AppTest]) -> None:
    at = start("servers", "compare")
    box = next(s for s in at.selectbox if s.label == "What would another service cost?")
    family = box.options[0]
    box.set_value(family).run()
    assert not at.exception and "Service and its cost: today" in _texts(at)
    slider = next(s for s in at.slider if s.label.startswith("Serve at once"))
    slider.set_value(99.0).run()
    assert not at.exception and "stocked to serve at least 99 % at once" in _texts(at)
    curve = product_results.service_of(at.session_state["choices"]["servers"], family=family)
    assert curve is not None and len(curve.units) > 0


def test_a_product_has_its_own(start: Callable[..., AppTest]) -> None:
    at = start("servers", "products")
    facts = compute.facts(at.session_state["choices"]["servers"])
    at.session_state["product"] = str(facts.products[~facts.products["ended"]]["sku"].iloc[0])
    at.run()
    next(t for t in at.toggle if t.label == "What would another service cost?").set_value(True).run()
    assert not at.exception and "Stocked to serve at least 95 % at once" in _texts(at)
