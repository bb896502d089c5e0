"""TEXT -> WORLD. Plan, message, ledger, transports."""
