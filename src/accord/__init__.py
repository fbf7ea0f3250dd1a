"""Accord: a cooperation arrangement between organisations that keep their own mandates and data.

Start reading at `accord.records.model`, then `accord.arrangement.decide`, `accord.match`, `accord.exchange.protocol`.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
