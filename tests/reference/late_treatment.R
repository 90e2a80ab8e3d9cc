# A treatment that starts late, by R's survival: Rscript late_treatment.R late_treatment.json
# The Stanford heart transplants with one row for each patient (jasa): Cox by current value, at landmarks, naively; curves
# by current value; clones cut at every month with an event (survSplit), weights from survfit, glm and coxph.
suppressPackageStartupMessages(library(survival))
out <- commandArgs(trailingOnly = TRUE)[1]
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", formatC(unname(x), digits = 17, format = "g", width = 1)), collapse = ", "), "]")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-16, iter.max = 100)
j <- jasa
d <- data.frame(id = seq_len(nrow(j)), days = pmax(0.5, j$futime), death = j$fustat, age = round(j$age, 3), surgery = j$surgery)
d$wait <- ifelse(j$transplant == 1, j$wait.time, NA)
same <- which(d$wait == d$days)
d$wait[same] <- d$wait[same] - 0.5
td <- tmerge(d, d, id = id, death = event(days, death), tx = tdc(wait))
fitted <- function(f) c(coef(f), sqrt(diag(vcov(f))))
alone <- coxph(Surv(tstart, tstop, death) ~ tx, td, control = tight)
three <- coxph(Surv(tstart, tstop, death) ~ tx + age + surgery, td, control = tight)
naive <- coxph(Surv(days, death) ~ !is.na(wait), d, control = tight)
at <- function(L) {
  k <- d[d$days > L, ]
  k$x <- as.numeric(!is.na(k$wait) & k$wait <= L)
  f <- coxph(Surv(days - L, death) ~ x, k, control = tight)
  c(exp(coef(f)), exp(confint(f)), f$n, f$nevent)
}
month <- 30.4375
read <- c(1, 3, 6, 12)
curves <- summary(survfit(Surv(tstart, tstop, death) ~ tx, td), times = read * month)$surv
clones <- function(g, form, times) {
  p <- data.frame(t = d$days / month, e = d$death, w = ifelse(is.na(d$wait), Inf, d$wait / month), age = d$age, surgery = d$surgery)
  events <- sort(unique(p$t[p$e == 1]))
  never <- transform(p, stop = pmin(t, w), died = e * is.infinite(w), arm = 0)
  by <- transform(p, stop = ifelse(w <= g | t <= g, t, g), died = e * (w <= g | t <= g), arm = 1)
  both <- rbind(never, by)
  rows <- survSplit(Surv(stop, died) ~ ., both[both$stop > 0, ], cut = events, start = "start", end = "stop")
  u <<- transform(p, until = pmin(t, w), s = as.numeric(is.finite(w)))
  beyond <- transform(p[p$t > g, ], y = as.numeric(w <= g))
  before <- function(t, at, values, start) sapply(t, function(x) { k <- sum(at < x); if (k == 0) start else values[k] })
  if (is.null(form)) {
    km <- survfit(Surv(until, s) ~ 1, u)
    stay <- before(rows$stop, km$time, km$surv, 1)
    chance <- mean(beyond$y)
  } else {
    f <- coxph(update(form, Surv(until, s) ~ .), u, control = tight)
    zero <- u[1, ]
    zero[all.vars(form)] <- 0
    h <- survfit(f, newdata = zero, stype = 2, ctype = 2)
    linear <- drop(model.matrix(form, rows)[, -1, drop = FALSE] %*% coef(f))
    stay <- exp(-before(rows$stop, h$time, h$cumhaz, 0) * exp(linear))
    fit <- glm(update(form, y ~ .), binomial, beyond, control = glm.control(epsilon = 1e-14, maxit = 100))
    chance <- predict(fit, rows, type = "response")
  }
  rows$weight <- ifelse(rows$arm == 0, 1 / stay, ifelse(rows$stop > g, 1 / chance, 1))
  ratio <- coxph(Surv(start, stop, died) ~ arm, rows, weights = weight, control = tight)
  curve <- survfit(Surv(start, stop, died) ~ arm, rows, weights = weight)
  risk <- 1 - summary(curve, times = times, extend = TRUE)$surv
  mean_to <- function(k, until) {
    step <- stepfun(curve[k]$time, c(1, curve[k]$surv))
    knots <- sort(unique(c(0, curve[k]$time[curve[k]$time < until], until)))
    sum(diff(knots) * step(head(knots, -1)))
  }
  lived <- c(sapply(times, function(x) mean_to(1, x)), sapply(times, function(x) mean_to(2, x)))
  list(hr = exp(coef(ratio)), risk = risk, rmst = lived, events = c(sum(never$died), sum(by$died)))
}
quiet <- function(x) suppressWarnings(x)
said <- function(x) paste0("{", paste(sapply(names(x), function(k) paste0("\"", k, "\": ", num(x[[k]]))), collapse = ", "), "}")
columns <- said(as.list(d))
writeLines(paste0("{\n\"patients\": ", columns, ",\n\"alone\": ", num(fitted(alone)), ",\n\"three\": ", num(fitted(three)),
  ",\n\"naive\": ", num(exp(coef(naive))), ",\n\"landmarks\": {\"37\": ", num(at(37)), ", \"61\": ", num(at(61)), "},\n\"read\": ", num(read),
  ",\n\"curves\": ", num(curves), ",\n\"plain\": ", said(quiet(clones(2, NULL, c(12, 24, 36)))), ",\n\"adjusted\": ",
  said(quiet(clones(2, ~ age + surgery, c(12, 24, 36)))), "\n}"), out)
