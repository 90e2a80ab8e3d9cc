# Reference values from R's survival package for sampling weights, clusters and strata within transitions, on 300 patients
# of mgus2 (progression to a plasma cell malignancy, and death; months) with simulated weights, sites and pairs: multi-state
# survfit, cause-specific coxph with strata, and the weighted Poisson likelihood of piecewise hazards.
# Usage: Rscript transitions_weighted.R transitions_weighted.json
# A progression in the month of a death is a death without progression, as in the package.

suppressPackageStartupMessages(library(survival))

number <- function(x) {
  text <- formatC(x, digits = 17, format = "g", width = 1)
  ifelse(is.na(x), "null", text)
}
to_json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(k, v) paste0('"', k, '": ', to_json(v)), names(x), x)
    return(paste0("{", paste(parts, collapse = ",\n"), "}"))
  }
  text <- number(as.numeric(x))
  if (length(x) == 1 && is.null(attr(x, "vector"))) text else paste0("[", paste(text, collapse = ", "), "]")
}
many <- function(x) { x <- unname(as.numeric(x)); attr(x, "vector") <- TRUE; x }
tight <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 200)

d <- mgus2
d$male <- as.numeric(d$sex == "M")
d <- d[d$futime > 0, c("id", "ptime", "pstat", "futime", "death", "age", "male")]
set.seed(29)
d <- d[sort(c(which(d$pstat == 1)[1:80], sample(which(d$pstat == 0), 220))), ]
n <- nrow(d)
d$weight <- round(runif(n, 0.3, 3), 2)
d$site <- sample(0:2, n, replace = TRUE)
d$pair <- rep(1:150, 2)[sample(n)]

same <- d$pstat == 1 & d$death == 1 & d$ptime == d$futime
progressed <- d$pstat == 1 & !same
first <- data.frame(d, start = 0, stop = d$ptime, from = 0,
                    to = ifelse(progressed, 1, ifelse(d$death == 1 & d$ptime == d$futime, 2, 0)))
later <- d[progressed & d$futime > d$ptime, ]
second <- data.frame(later, start = later$ptime, stop = later$futime, from = 1, to = ifelse(later$death == 1, 2, 0))
rows <- rbind(first, second)
rows$state <- factor(rows$to, 0:2, c("censor", "progressed", "dead"))
rows$now <- factor(rows$from, 0:1, c("start", "progressed"))
rows <- rows[order(rows$id, rows$start), ]
months <- c(12, 60, 120, 240)
states <- c("start", "progressed", "dead")
curve <- function(f) {
  s <- summary(f, times = months, extend = TRUE)
  place <- match(states, f$states)
  list(probability = many(t(s$pstate[, place])), std_error = many(t(s$std.err[, place])))
}
own <- survfit(Surv(start, stop, state) ~ 1, data = rows, id = id, istate = now, p0 = c(1, 0, 0), weights = weight)
# survfit of survival 3.5-3 leaves cluster out where there are several states: influences of each patient, added up here.
moved <- survfit(Surv(start, stop, state) ~ 1, data = rows, id = id, istate = now, p0 = c(1, 0, 0), weights = weight,
                 influence = TRUE)
place <- match(states, moved$states)
at <- findInterval(months, c(0, moved$time))
dims <- dim(moved$influence.pstate)
stopifnot(dims[2] == length(moved$time) + 1, dims[1] == n)
by <- function(unit, k) sqrt(colSums(rowsum(d$weight * moved$influence.pstate[, at[k], place], unit)^2))
own_errors <- sapply(1:4, function(k) by(d$id, k))
stopifnot(max(abs(own_errors - matrix(curve(own)$std_error, 3))) < 1e-12)
# The first event alone: causes compete.
first$state <- factor(first$to, 0:2, c("censor", "progressed", "dead"))
causes <- survfit(Surv(stop, state) ~ 1, data = first, id = id, weights = weight)

cox <- function(data, happened, begun, ended, unit) {
  f <- coxph(Surv(begun, ended, happened) ~ age + male + strata(site), data, weights = weight, cluster = unit,
             control = tight)
  list(coef = many(coef(f)), std_error = many(sqrt(diag(f$var))))
}
# The sandwich of scores enlarged by leverage (Kauermann & Carroll 2001), a patient's share of a direction held at 3/4.
few_units <- function(x, expected, residual, id, bread) {
  root <- t(chol(bread))
  meat <- 0
  for (own in split(seq_along(id), id)) {
    share <- eigen(crossprod(x[own, , drop = FALSE] %*% root * sqrt(expected[own])), symmetric = TRUE)
    seen <- crossprod(share$vectors, t(root) %*% crossprod(x[own, , drop = FALSE], residual[own]))
    meat <- meat + tcrossprod(share$vectors %*% (seen / sqrt(1 - pmin(share$values, 0.75))))
  }
  root %*% meat %*% t(root)
}
# Piecewise hazards with a baseline of each site: weighted Poisson regression of events on person-months.
cuts <- c(24, 60, 120)
poisson_of <- function(data, event) {
  data$happened <- event
  parts <- survSplit(Surv(start, stop, happened) ~ ., data, cut = cuts, episode = "piece", start = "start", end = "stop",
                     event = "happened")
  parts$cell <- factor(paste(parts$site, parts$piece), paste(rep(0:2, each = 4), 1:4))
  f <- suppressWarnings(glm(happened ~ cell + age + male - 1 + offset(log(stop - start)), poisson, parts,
                            weights = weight, control = glm.control(epsilon = 1e-14, maxit = 100)))
  eta <- predict(f, type = "link")
  rate <- eta - log(parts$stop - parts$start)
  x <- model.matrix(f)
  bread <- solve(crossprod(x, x * parts$weight * exp(eta)), tol = 0)
  meat <- crossprod(rowsum(x * parts$weight * (parts$happened - exp(eta)), parts$id))
  few <- sqrt(diag(few_units(x, parts$weight * exp(eta), parts$weight * (parts$happened - exp(eta)), parts$id, bread)))
  list(std_error = many(sqrt(diag(bread %*% meat %*% bread))[13:14]), few_units = many(few[13:14]), log_rates = many(coef(f)[1:12]), effects = many(coef(f)[13:14]),
       log_likelihood = sum(parts$weight * (parts$happened * rate - exp(eta))))
}
since <- second$start
last <- cox(second, second$to == 2, since, second$stop, second$id)
reset <- cox(second, second$to == 2, 0 * since, second$stop - since, second$id)
alone <- data.frame(d, start = 0, stop = d$futime)
writeLines(to_json(list(
  os = cox(alone, alone$death == 1, alone$start, alone$stop, alone$id), os_poisson = poisson_of(alone, alone$death == 1),
  data = lapply(d[c("id", "ptime", "pstat", "futime", "death", "age", "male", "weight", "site", "pair")], many),
  months = many(months), own = curve(own), paired_error = many(sapply(1:4, function(k) by(d$pair, k))),
  causes = list(probability = many(t(summary(causes, times = months, extend = TRUE)$pstate[, 2:3])),
                std_error = many(t(summary(causes, times = months, extend = TRUE)$std.err[, 2:3]))),
  progression = cox(first, first$to == 1, first$start, first$stop, first$id),
  death_without_progression = cox(first, first$to == 2, first$start, first$stop, first$id),
  death_after_progression = last, death_since_progression = reset,
  paired_progression = cox(first, first$to == 1, first$start, first$stop, first$pair),
  poisson = list(progression = poisson_of(first, first$to == 1), death_without_progression = poisson_of(first, first$to == 2),
                 death_after_progression = poisson_of(second, second$to == 2)))), commandArgs(trailingOnly = TRUE)[1])
