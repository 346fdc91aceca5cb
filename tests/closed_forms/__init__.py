"""Closed forms of the textbook, each with its formula and source: oracles of the simulation and answers to published cases.

Tests alone import them. Uncertain demand: loss, loss_discrete, distributions, newsvendor, protection_interval, service, lead_time_error.
Levels and lots: lot_size, quantity_discount, dynamic_lot, reorder_point (r, Q), s_s (s, S), base_stock, lost_sales, perishable, obsolescence.
Capacity and customers: servers, batch_queue, make_to_stock_queue, patience_curves, balking, order_screens, kits, pooling.
Choice and money: simpler_choices, uncertainty, break_even, economics. Stock in the books: carrying, excess, exposure, reserve, net_realisable_value.
One series at a time: smoothed_series, intermittent_series, intermittent_bounds, seasonal_series, coverage, poisson_quantile, still_alive, origins.
"""
