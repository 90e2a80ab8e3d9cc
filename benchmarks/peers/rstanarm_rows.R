# Independent pieces in rstanarm, whose models come compiled: Rscript rstanarm_rows.R FOLDER
# Reads rows.csv, writes draws.bin: doubles, iterations within chains within columns.
suppressPackageStartupMessages(library(rstanarm))
folder <- commandArgs(trailingOnly = TRUE)[1]
rows <- read.csv(file.path(folder, "rows.csv"))
columns <- grep("^x", names(rows), value = TRUE)
rows$piece <- factor(rows$piece)
pieces <- nlevels(rows$piece)
formula <- as.formula(paste("event ~ 0 + piece +", paste(columns, collapse = " + "), "+ offset(log_months)"))
prior <- normal(c(rep(-3.5, pieces), rep(0, length(columns))),
                c(rep(1.5, pieces), rep(1, length(columns))), autoscale = FALSE)
fit <- stan_glm(formula, family = poisson(), data = rows, prior = prior, chains = 4, cores = 1,
                warmup = 1000, iter = 2000, seed = 1, refresh = 0)
writeBin(as.vector(as.array(fit, pars = columns)), file.path(folder, "draws.bin"))
