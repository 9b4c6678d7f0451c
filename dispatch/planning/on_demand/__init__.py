"""Orders that are wanted at once (即时单): urgent assists, meals after the plan.

`standby` knows who is free, `means` by what rules trips are made, `scene` turns the
database into a scene of `routing.ondemand`, `leaving` publishes what must leave now,
and `minding` does all of it, each time it is asked.
"""
