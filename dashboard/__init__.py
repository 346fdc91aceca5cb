"""The app on the screen: it shows what `analytics` finds out, and computes nothing of its own."""
