# Reference values from R's survival package.
# Usage: Rscript survival.R DATA_FOLDER survival.json
# Every number is written with 17 significant digits; NA and NaN become null, Inf becomes "Inf".

suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
read <- function(name) read.csv(file.path(folder, name), check.names = FALSE)

tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)

number <- function(x) {
  text <- formatC(x, digits = 17, format = "g", width = 1)
  ifelse(is.na(x), "null", ifelse(is.infinite(x), ifelse(x > 0, '"Inf"', '"-Inf"'), text))
}
quoted <- function(x) paste0('"', x, '"')
to_json <- function(x, pad = "") {
  if (is.list(x)) {
    deeper <- paste0(pad, " ")
    parts <- mapply(function(k, v) paste0(deeper, quoted(k), ": ", to_json(v, deeper)), names(x), x)
    return(paste0("{\n", paste(parts, collapse = ",\n"), "\n", pad, "}"))
  }
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, function(r) to_json(unname(r), pad)), collapse = ", "), "]"))
  text <- if (is.character(x)) quoted(x) else number(as.numeric(x))
  if (length(x) == 1 && is.null(attr(x, "vector"))) text else paste0("[", paste(text, collapse = ", "), "]")
}
many <- function(x) { x <- unname(as.numeric(x)); attr(x, "vector") <- TRUE; x }

# A whole curve gives each patient's time away, so it is stored only for the data that ship with lifelines.
kaplan_meier <- function(y, at, until, weights = rep(1, nrow(y)), whole = FALSE) {
  f <- survfit(y ~ 1, weights = weights, conf.type = "log-log", robust = FALSE)
  s <- summary(f, times = at, extend = FALSE)
  q <- quantile(f, c(0.25, 0.5, 0.75))
  printed <- summary(f, rmean = until)$table
  points <- list(
    at_time = many(s$time), at_survival = many(s$surv), at_std_error = many(s$std.err), at_lower = many(s$lower),
    at_upper = many(s$upper), at_n_risk = many(s$n.risk),
    quantile = many(q$quantile), quantile_lower = many(q$lower), quantile_upper = many(q$upper),
    median = printed[["median"]], median_lower = printed[["0.95LCL"]], median_upper = printed[["0.95UCL"]],
    until = until, rmst = printed[["rmean"]], rmst_std_error = printed[["se(rmean)"]])
  if (whole) c(rows(f), points) else points
}
rows <- function(f) list(
  time = many(f$time), at_risk = many(f$n.risk), events = many(f$n.event), censored = many(f$n.censor),
  survival = many(f$surv), log_std_error = many(f$std.err), lower = many(f$lower), upper = many(f$upper))
cox <- function(y, X, terms, weights = rep(1, nrow(y)), horizon = NULL) {
  X <- as.matrix(X)
  f <- coxph(y ~ X, weights = weights, ties = "efron", robust = FALSE,
             control = tight)
  out <- list(coef = many(coef(f)), std_error = many(sqrt(diag(vcov(f)))),
              log_likelihood = f$loglik[2], null_log_likelihood = f$loglik[1])
  if (!is.null(horizon)) {
    mean_patient <- list(X = matrix(colMeans(X), nrow = nrow(X), ncol = ncol(X), byrow = TRUE))
    flat <- survfit(f, newdata = mean_patient, se.fit = FALSE)
    hazard <- c(0, as.matrix(flat$cumhaz)[, 1])
    out$baseline_time <- many(horizon)
    out$baseline <- many(hazard[1 + findInterval(horizon, flat$time)])
  }
  out
}
zph <- function(formula, data, weights = NULL) {
  if (is.null(weights)) weights <- rep(1, nrow(data))
  # do.call puts the data into the stored call, where cox.zph looks for them.
  f <- do.call(coxph, list(formula, data = data, weights = weights, ties = "efron", robust = FALSE, control = tight))
  z <- cox.zph(f, transform = "km")$table
  list(chi2 = many(z[, "chisq"]), df = many(z[, "df"]), p_value = many(z[, "p"]))
}
weibull <- function(y, X, weights = rep(1, nrow(y))) {
  X <- as.matrix(X)
  f <- survreg(y ~ X, dist = "weibull", weights = weights,
               control = survreg.control(rel.tolerance = 1e-14, maxiter = 200))
  scale <- f$scale
  p <- ncol(X)
  # (mu, gamma, log scale) -> (b0 = -mu/scale, log k = -log scale, beta = -gamma/scale)
  J <- matrix(0, p + 2, p + 2)
  J[1, 1] <- -1 / scale
  J[1, p + 2] <- coef(f)[1] / scale
  J[2, p + 2] <- -1
  for (j in seq_len(p)) { J[2 + j, 1 + j] <- -1 / scale; J[2 + j, p + 2] <- coef(f)[1 + j] / scale }
  V <- J %*% f$var %*% t(J)
  list(log_cumulative_hazard = unname(-coef(f)[1] / scale), log_shape = -log(scale),
       coef = many(-coef(f)[-1] / scale), std_error = many(sqrt(diag(V))), log_likelihood = f$loglik[2])
}
log_rank <- function(time, event, group) {
  f <- survdiff(Surv(time, event) ~ group)
  df <- sum(f$exp > 0) - 1
  list(chi2 = f$chisq, df = df, p_value = pchisq(f$chisq, df, lower.tail = FALSE),
       observed = many(f$obs), expected = many(f$exp))
}
pairs <- function(time, event, group) {
  levels <- sort(unique(group))
  each <- combn(levels, 2)
  chi2 <- apply(each, 2, function(two) {
    keep <- group %in% two
    survdiff(Surv(time[keep], event[keep]) ~ group[keep])$chisq
  })
  p <- pchisq(chi2, 1, lower.tail = FALSE)
  list(first = many(each[1, ]), second = many(each[2, ]), chi2 = many(chi2), p_value = many(p),
       p_holm = many(p.adjust(p, "holm")))
}

larynx <- read("kmsurv_larynx.csv")
lung <- read("survival_cancer.csv")
lung <- lung[!is.na(lung$ph.ecog) & lung$ph.ecog < 3, ]
lung_weight <- 1 + (seq_len(nrow(lung)) %% 3) / 2
ovarian <- read("survival_ovarian.csv")
heart <- read("survival_heart.csv")
kidney <- read("survival_kidney.csv")
tcga <- read("tcga_escc_clinical.csv")
tcga <- tcga[!is.na(tcga$stage_group) & tcga$stage_group != "", ]
tcga$high <- as.integer(tcga$stage_group %in% c("III", "IV"))
tcga$stage <- match(tcga$stage_group, c("I", "II", "III", "IV"))
tcga$age <- tcga$age_at_initial_pathologic_diagnosis
tcga$male <- as.integer(tcga$gender == "MALE")
month <- 30.4375
months <- function(days) days / month

survival_of <- function(data, time, event) Surv(data[[time]], data[[event]])
stages <- with(larynx, cbind(stage == 2, stage == 3, stage == 4, age) * 1)
ecog <- with(lung, cbind(ph.ecog == 1, ph.ecog == 2, age, sex) * 1)
lung_y <- with(lung, Surv(time, status == 2))
ovarian_X <- with(ovarian, cbind(age, rx, ecog.ps))
kidney_X <- with(kidney, cbind(age, sex == 2, disease == "GN", disease == "AN", disease == "PKD") * 1)
heart_y <- with(heart, Surv(start, stop, event))
heart_X <- with(heart, cbind(age, year, surgery, transplant == 1) * 1)

escc <- function(time, event) {
  d <- tcga[!is.na(tcga[[time]]) & tcga[[time]] > 0, ]
  y <- Surv(months(d[[time]]), d[[event]])
  X <- cbind(d$age, d$male, d$high)
  d$y_ <- y
  list(kaplan_meier = kaplan_meier(y, c(0, 6, 12, 24, 36), 24),
       follow_up = kaplan_meier(Surv(months(d[[time]]), 1 - d[[event]]), c(6, 12), 12),
       logrank = log_rank(months(d[[time]]), d[[event]], d$stage),
       pairwise = pairs(months(d[[time]]), d[[event]], d$stage),
       cox = cox(y, X), weibull = weibull(y, X), zph = zph(y_ ~ age + male + high, d))
}
group_score <- function(y, group) {
  # The score test of the exact partial likelihood is the log-rank test with the hypergeometric variance.
  f <- coxph(y ~ factor(group), ties = "exact", control = tight)
  list(chi2 = unname(f$score), df = length(unique(group)) - 1)
}
small <- data.frame(time = c(1, 2, 3, 4, 5, 6), event = c(0, 1, 0, 1, 0, 1))
gap <- data.frame(entry = c(0, 0, 2.5, 3.5, 1.5, 2.5), time = 1:6, event = c(1, 0, 1, 1, 0, 1))
empties <- data.frame(entry = c(0, 0, 0, 3.5, 3.5, 3.5), time = 1:6, event = c(1, 0, 1, 1, 0, 1))
simple <- function(y, at) {
  f <- survfit(y ~ 1, conf.type = "log-log")
  s <- summary(f, times = at, extend = FALSE)
  c(rows(f), list(at_time = many(s$time), at_survival = many(s$surv), at_lower = many(s$lower), at_upper = many(s$upper),
                  at_n_risk = many(s$n.risk)))
}

grid <- c(0, 1, 3, 5, 10, 20, 31, 50, 100, 200, 365.25, 600, 730.5, 900)
lung$status_ <- lung$status == 2
reference <- list(
  versions = list(R = R.version.string, survival = as.character(packageVersion("survival"))),
  larynx = list(
    kaplan_meier = kaplan_meier(Surv(larynx$time, larynx$delta), c(0, 0.05, 1, 2.5, 5, 9), 5, whole = TRUE),
    logrank = log_rank(larynx$time, larynx$delta, larynx$stage),
    pairwise = pairs(larynx$time, larynx$delta, larynx$stage),
    cox = cox(Surv(larynx$time, larynx$delta), stages, horizon = c(0.05, 1, 2.5, 7.9, 10.7)),
    zph = zph(Surv(time, delta) ~ factor(stage) + age, larynx),
    weibull = weibull(Surv(larynx$time, larynx$delta), stages)),
  lung = list(
    kaplan_meier = kaplan_meier(lung_y, grid, 600),
    follow_up = kaplan_meier(with(lung, Surv(time, status == 1)), c(100, 300), 600),
    logrank = log_rank(lung$time, lung$status == 2, lung$ph.ecog),
    pairwise = pairs(lung$time, lung$status == 2, lung$ph.ecog),
    cox = cox(lung_y, ecog, horizon = c(1, 50, 310, 883, 1022)),
    zph = zph(Surv(time, status_) ~ factor(ph.ecog) + age + sex, lung),
    weibull = weibull(lung_y, ecog)),
  lung_weighted = list(
    kaplan_meier = kaplan_meier(lung_y, grid, 600, lung_weight),
    cox = cox(lung_y, ecog, weights = lung_weight, horizon = c(1, 50, 310, 883, 1022)),
    zph = zph(Surv(time, status_) ~ factor(ph.ecog) + age + sex, lung, lung_weight),
    weibull = weibull(lung_y, ecog, weights = lung_weight)),
  ovarian = list(
    kaplan_meier = kaplan_meier(Surv(ovarian$futime, ovarian$fustat), c(0, 100, 365.25, 730.5), 700),
    logrank = log_rank(ovarian$futime, ovarian$fustat, ovarian$rx),
    cox = cox(Surv(ovarian$futime, ovarian$fustat), ovarian_X),
    zph = zph(Surv(futime, fustat) ~ age + rx + ecog.ps, ovarian),
    weibull = weibull(Surv(ovarian$futime, ovarian$fustat), ovarian_X)),
  kidney = list(
    kaplan_meier = kaplan_meier(Surv(kidney$time, kidney$status), c(0, 10, 100), 200),
    logrank = log_rank(kidney$time, kidney$status, kidney$sex),
    cox = cox(Surv(kidney$time, kidney$status), kidney_X),
    zph = zph(Surv(time, status) ~ age + sex + factor(disease, c("Other", "GN", "AN", "PKD")), kidney),
    weibull = weibull(Surv(kidney$time, kidney$status), kidney_X)),
  heart = list(
    kaplan_meier = kaplan_meier(heart_y, grid, 1000),
    logrank = group_score(heart_y, heart$transplant),
    cox = cox(heart_y, heart_X, horizon = c(0.5, 5, 50, 340, 1400)),
    zph = zph(Surv(start, stop, event) ~ age + year + surgery + factor(transplant), heart)),
  tcga_os = escc("OS.time", "OS"),
  tcga_pfi = escc("PFI.time", "PFI"),
  small = simple(Surv(small$time, small$event), c(0, 0.5, 1, 1.5, 2, 5.5, 6, 7)),
  small_entry = simple(Surv(gap$entry, gap$time, gap$event), c(0, 0.5, 1, 1.25, 1.7, 2, 2.7, 3.6, 5.5, 6, 7)),
  small_emptied = simple(Surv(empties$entry, empties$time, empties$event), c(0.5, 1, 2, 3.2, 4, 6))
)
writeLines(to_json(reference), arguments[2])
