"""The walk model in numpyro. ``python numpyro_rows.py FOLDER`` reads ``rows.npz`` and writes ``draws.npy``."""

import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS

numpyro.set_host_device_count(4)
jax.config.update("jax_enable_x64", val=True)


def model(columns, piece, log_months, event, pieces):
    """Poisson counts of patients and pieces."""
    beta = numpyro.sample("beta", dist.Normal(0.0, 1.0).expand([columns.shape[1]]))
    level = numpyro.sample("level", dist.Normal(-3.5, 1.5))
    sd = numpyro.sample("sd", dist.HalfNormal(0.5))
    steps = numpyro.sample("steps", dist.Normal(0.0, 1.0).expand([pieces - 1]))
    log_rate = jnp.concatenate([level[None], level + jnp.cumsum(sd * steps)])
    mean = jnp.exp(log_rate[piece] + columns @ beta + log_months)
    numpyro.sample("events", dist.Poisson(mean), obs=event)


def main(folder):
    """Sample 4 x 1,000 draws."""
    rows = np.load(folder / "rows.npz")
    sampler = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4, progress_bar=False)
    data = {name: jnp.array(rows[name]) for name in ("columns", "piece", "log_months", "event")}
    sampler.run(jax.random.PRNGKey(1), **data, pieces=int(rows["piece"].max()) + 1)
    np.save(folder / "draws.npy", np.asarray(sampler.get_samples(group_by_chain=True)["beta"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
