# Independent pieces in brms, which writes a Stan program and compiles it: Rscript brms_rows.R FOLDER [COMPILED]
# Reads rows.csv, writes draws.bin: doubles, iterations within chains within columns. COMPILED: a file that keeps the
# compiled model; made if it is not there, and used without compiling if it is.
suppressPackageStartupMessages(library(brms))
# Debian's rstan looks for Boost in a package that Debian does not have; its headers are the system's (libboost-dev).
if (!nzchar(system.file("include", package = "BH"))) rstan::rstan_options(boost_lib = "/usr/include")
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
rows <- read.csv(file.path(folder, "rows.csv"))
columns <- grep("^x", names(rows), value = TRUE)
rows$piece <- factor(rows$piece)
formula <- bf(as.formula(paste("event ~ 0 + piece +", paste(columns, collapse = " + "), "+ offset(log_months)")))
priors <- c(set_prior("normal(0, 1)", class = "b"),
            set_prior("normal(-3.5, 1.5)", class = "b", coef = paste0("piece", levels(rows$piece))))
if (length(arguments) > 1 && file.exists(arguments[2])) {
  empty <- readRDS(arguments[2])
} else {
  empty <- brm(formula, data = rows, family = poisson(), prior = priors, chains = 0, refresh = 0, silent = 2)
  if (length(arguments) > 1) saveRDS(empty, arguments[2])
}
fit <- update(empty, newdata = rows, recompile = FALSE, chains = 4, cores = 1, warmup = 1000, iter = 2000, seed = 1,
              refresh = 0, silent = 2)
writeBin(as.vector(as.array(fit, variable = paste0("b_", columns))), file.path(folder, "draws.bin"))
