# Reference values from R's survival package for illness-death models: multi-state survfit and cause-specific coxph on
# mgus2 (progression to a plasma cell malignancy, and death; months), and on 160 of its patients with late entry.
# Usage: Rscript illness_death.R illness_death.json
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
coxes <- function(f) list(coef = many(coef(f)), std_error = many(sqrt(diag(vcov(f)))), log_likelihood = f$loglik[2])

course <- function(d) {
  same <- d$pstat == 1 & d$death == 1 & d$ptime == d$futime
  progressed <- d$pstat == 1 & !same
  first <- data.frame(id = d$id, start = d$entry, stop = d$ptime, age = d$age, male = d$male,
                      to = ifelse(progressed, 1, ifelse(d$death == 1 & d$ptime == d$futime, 2, 0)), from = 0)
  first <- first[first$start < first$stop, ]
  second <- with(d[progressed & d$futime > pmax(d$ptime, d$entry), ],
                 data.frame(id = id, start = pmax(ptime, entry), stop = futime, age = age, male = male,
                            to = ifelse(death == 1, 2, 0), from = 1, ptime = ptime))
  list(first = first, second = second)
}

values <- function(d) {
  parts <- course(d)
  first <- parts$first; second <- parts$second
  rows <- rbind(first, second[names(first)])
  rows$state <- factor(rows$to, 0:2, c("censor", "progressed", "dead"))
  rows$now <- factor(rows$from, 0:1, c("start", "progressed"))
  rows <- rows[order(rows$id, rows$start), ]
  months <- c(12, 60, 120, 240)
  curve <- function(rows) {
    f <- survfit(Surv(start, stop, state) ~ 1, data = rows, id = id, istate = now, p0 = c(1, 0, 0))
    s <- summary(f, times = months, extend = TRUE)
    place <- match(c("start", "progressed", "dead"), f$states)
    list(probability = many(t(s$pstate[, place])), std_error = many(t(s$std.err[, place])),
         lower = many(t(s$lower[, place])), upper = many(t(s$upper[, place])))
  }
  late <- Surv(second$start, second$stop, second$to == 2)
  since <- Surv(second$start - second$ptime, second$stop - second$ptime, second$to == 2)
  cox <- function(y, data) coxes(coxph(y ~ age + male, data, control = tight))
  both <- rbind(cbind(first, way = "a")[, c(names(first), "way")], cbind(second[names(first)], way = "b"))
  list(
    data = lapply(d[c("ptime", "pstat", "futime", "death", "entry", "age", "male")], many),
    months = many(months),
    all = curve(rows),
    men = curve(rows[rows$male == 1, ]),
    progression = cox(Surv(first$start, first$stop, first$to == 1), first),
    death_without_progression = cox(Surv(first$start, first$stop, first$to == 2), first),
    death_after_progression = cox(late, second),
    death_since_progression = cox(since, second),
    death_shared = coxes(coxph(Surv(start, stop, to == 2) ~ age + male + strata(way), both, control = tight))
  )
}

d <- mgus2
d$male <- as.numeric(d$sex == "M")
d$entry <- 0
d <- d[d$futime > 0, c("id", "ptime", "pstat", "futime", "death", "entry", "age", "male")]
set.seed(17)
part <- d[sort(c(which(d$pstat == 1), sample(which(d$pstat == 0), 160 - sum(d$pstat)))), ]
part$entry <- ifelse(runif(nrow(part)) < 0.3, pmin(part$ptime - 1, sample(0:20, nrow(part), replace = TRUE)), 0)

writeLines(to_json(list(whole = values(d), late = values(part))), commandArgs(trailingOnly = TRUE)[1])
