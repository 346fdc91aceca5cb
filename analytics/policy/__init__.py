"""Policy: closed forms, one concept a file, every function with its formula, unit, assumptions and source.

Uncertain demand: loss, loss_discrete, distributions, newsvendor, protection_interval, service.
Levels and lots: lot_size, quantity_discount, dynamic_lot, reorder_point (r, Q), s_s (s, S), base_stock, lost_sales, perishable, obsolescence.
Capacity and customers: queueing, batch_queue, make_to_stock_queue, patience, balking.
Families and money: pooling, commonality, economics. Bounds of arguments: arguments.
"""
