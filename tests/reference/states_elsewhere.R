# Reference values from R's survival and cmprsk on two more cohorts: colon (recurrence and death, months to one digit, so
# that progression and death tie) as an illness-death model, transplant (death, transplant, withdrawal) as three causes with
# a group of 40. Usage: Rscript states_elsewhere.R states_elsewhere.json
# A progression in the month of a death is a death without progression.

suppressPackageStartupMessages({library(survival); library(cmprsk)})

number <- function(x) {
  text <- formatC(x, digits = 17, format = "g", width = 1)
  ifelse(is.na(x), "null", text)
}
to_json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(k, v) paste0('"', k, '": ', to_json(v)), names(x), x)
    return(paste0("{", paste(parts, collapse = ",\n"), "}"))
  }
  if (is.character(x)) return(paste0("[", paste0('"', x, '"', collapse = ", "), "]"))
  paste0("[", paste(number(as.numeric(x)), collapse = ", "), "]")
}
tight <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 200)
cox <- function(f) list(coef = unname(coef(f)), std_error = unname(sqrt(diag(vcov(f)))))

first <- subset(colon, etype == 1); last <- subset(colon, etype == 2)
both <- merge(first[c("id", "rx", "node4", "time", "status")], last[c("id", "time", "status")], by = "id", suffixes = c("", ".d"))
both <- both[order(both$id), ]
w <- with(both, data.frame(id, rx = as.character(rx), node4 = ifelse(node4 == 1, "yes", "no"),
  ttp = round(pmin(time, time.d) / 30.4375, 1), rec = ifelse(time <= time.d, status, 0),
  os = round(time.d / 30.4375, 1), died = status.d))
w$arm <- factor(w$rx, c("Obs", "Lev", "Lev+5FU"))
same <- w$rec == 1 & w$died == 1 & w$ttp == w$os
progressed <- w$rec == 1 & !same
start <- data.frame(w, begun = 0, ended = w$ttp, from = 0,
                    to = ifelse(progressed, 1, ifelse(w$died == 1 & w$ttp == w$os, 2, 0)))
later <- w[progressed & w$os > w$ttp, ]
after <- data.frame(later, begun = later$ttp, ended = later$os, from = 1, to = ifelse(later$died == 1, 2, 0))
rows <- rbind(start, after)
rows <- rows[order(rows$id, rows$begun), ]
rows$state <- factor(rows$to, 0:2, c("censor", "progressed", "dead"))
rows$now <- factor(rows$from, 0:1, c("start", "progressed"))
months <- c(12, 36, 60, 96)
states <- c("start", "progressed", "dead")
curve <- function(rows) {
  f <- survfit(Surv(begun, ended, state) ~ 1, rows, id = id, istate = now, p0 = c(1, 0, 0), influence = TRUE)
  s <- summary(f, times = months, extend = TRUE)
  place <- match(states, f$states)
  area <- summary(f, rmean = 36)$table[match(states, f$states), ]
  list(probability = t(s$pstate[, place]), std_error = t(s$std.err[, place]), months = unname(area[, 3]), months_error = unname(area[, 4]))
}

t <- transplant[transplant$futime > 0, ]
t <- data.frame(time = round(t$futime / 30.4375, 2), cause = as.character(t$event), abo = as.character(t$abo))
t <- t[t$time > 0, ]
t$group <- factor(t$abo, c("A", "B", "AB", "O"))
causes <- c("death", "ltx", "withdraw")
t$state <- factor(t$cause, c("censored", causes))
f <- survfit(Surv(time, state) ~ 1, t)
s <- summary(f, times = c(3, 12, 24))
gray <- cuminc(t$time, t$cause, t$abo, cencode = "censored")$Tests[causes, "stat"]
of_cause <- function(k) {
  fine <- finegray(Surv(time, state) ~ group, t, etype = k)
  list(cox = cox(coxph(Surv(time, state == k) ~ group, t, control = tight)),
       fine_gray = unname(coef(coxph(Surv(fgstart, fgstop, fgstatus) ~ group, fine, weights = fgwt, ties = "breslow", control = tight))))
}
writeLines(to_json(list(
  colon = list(
    data = w[c("id", "rx", "node4", "ttp", "rec", "os", "died")], months = months, all = curve(rows), obs = curve(rows[rows$rx == "Obs", ]),
    progression = cox(coxph(Surv(ended, to == 1) ~ arm + node4, start, control = tight)),
    death_without_progression = cox(coxph(Surv(ended, to == 2) ~ arm + node4, start, control = tight)),
    death_after_progression = cox(coxph(Surv(begun, ended, to == 2) ~ arm + node4, after, control = tight))),
  transplant = list(
    data = t[c("time", "cause", "abo")], months = c(3, 12, 24), probability = t(s$pstate[, 2:4]), std_error = t(s$std.err[, 2:4]),
    gray = unname(gray), death = of_cause("death"), ltx = of_cause("ltx"), withdraw = of_cause("withdraw")))),
  commandArgs(trailingOnly = TRUE)[1])
