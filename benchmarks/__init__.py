"""Speed and quality of `routing`, beside its peers. Begin with `bench.py`."""
