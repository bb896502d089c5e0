"""What readers get, measured: `make audit` prints every figure, and `make test` holds what can be measured quickly."""
