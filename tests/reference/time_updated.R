# Covariates that change, from one row for each patient, by R's survival: Rscript time_updated.R time_updated.json
# SIMULATED: 120 patients with a marker measured at 0, 0.75 and 2.5 months (some values missing) and a treatment that
# starts late, cut into episodes by tmerge as in the package's vignette on time-dependent covariates.
suppressPackageStartupMessages(library(survival))
out <- commandArgs(trailingOnly = TRUE)[1]
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", formatC(unname(x), digits = 17, format = "g")), collapse = ", "), "]")
fit <- function(f) paste0("{\"coef\": ", num(coef(f)), ", \"se\": ", num(sqrt(diag(vcov(f)))), ", \"loglik\": ", num(f$loglik), "}")
set.seed(20261)
n <- 120
marker <- matrix(exp(rnorm(3 * n, c(0.3, -0.4, -0.2), 0.5)), n, 3, byrow = TRUE)
marker <- round(marker, 2)
latent <- rexp(n, 0.05)
months <- round(pmin(latent, runif(n, 6, 48)), 2)
months <- pmax(months, 0.05)
death <- as.numeric(latent <= months + 0.005)
marker[months <= 0.75, 2] <- NA
marker[months <= 2.5, 3] <- NA
marker[sample(n, 9), 1] <- NA
marker[sample(n, 15), 2] <- NA
marker[sample(n, 15), 3] <- NA
start <- round(runif(n, 0, 9), 2)
started <- start < months & runif(n) < 0.6
start[!started] <- NA
d <- data.frame(id = 1:n, months, death, start, m0 = marker[, 1], m1 = marker[, 2], m2 = marker[, 3])
long <- do.call(rbind, lapply(1:3, function(k) data.frame(id = 1:n, at = c(0, 0.75, 2.5)[k], value = marker[, k])))
long <- long[!is.na(long$value), ]
long <- long[order(long$id, long$at), ]
w <- tmerge(d[, c("id", "months", "death", "start")], d, id = id, event = event(months, death), treated = tdc(start))
w <- tmerge(w, long, id = id, marker = tdc(at, value))
w$low <- as.numeric(w$marker < 0.8)
both <- coxph(Surv(tstart, tstop, event) ~ marker + treated, w, control = tight)
cut <- coxph(Surv(tstart, tstop, event) ~ low + treated, w, control = tight)
l <- w[w$tstop > 3, ]
l$tstart <- pmax(l$tstart, 3)
later <- coxph(Surv(tstart - 3, tstop - 3, event) ~ marker + treated, l, control = tight)
at <- c(6, 12, 24)
km <- summary(survfit(Surv(tstart, tstop, event) ~ treated, w, conf.type = "log-log", id = NULL), times = at)
p <- w[!is.na(w$marker), ]
# A value that repeats the one before makes a row of tmerge, and none here.
k <- nrow(p)
again <- sum(p$id[-1] == p$id[-k] & p$marker[-1] == p$marker[-k] & p$treated[-1] == p$treated[-k])
parts <- survSplit(Surv(tstart, tstop, event) ~ ., p, cut = c(3, 12), episode = "piece")
pe <- glm(event ~ factor(piece) + marker + treated - 1 + offset(log(tstop - tstart)), poisson, parts, control = glm.control(epsilon = 1e-14, maxit = 100))
columns <- paste(sapply(names(d), function(x) paste0("\"", x, "\": ", num(d[[x]]))), collapse = ", ")
writeLines(paste0("{\n\"simulated\": {", columns, "},\n\"marker\": ", fit(both), ",\n\"low\": ", fit(cut),
  ",\n\"after_3\": ", fit(later), ",\n\"rows\": ", k - again, ",\n\"months_at_risk\": ", num(sum(p$tstop - p$tstart)), ",\n\"patients\": ", length(unique(p$id)),
  ",\n\"km_times\": ", num(at), ",\n\"km_survival\": ", num(km$surv), ",\n\"km_std_error\": ", num(km$std.err),
  ",\n\"pieces\": ", num(coef(pe)), "\n}"), out)
