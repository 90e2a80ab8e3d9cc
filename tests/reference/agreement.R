# Reference values from R's survival and cmprsk on data that no other reference test reads: myeloid (relapse and death in
# days, both clocks; a transplant that starts late), mgus (two causes, also with late entry), nafld1 and nafld3 (diabetes that
# comes), udca1, flchain (age as the time axis, and causes in months tied to whole years), and lifelines' rossi, lymph_node
# and mice, read where lifelines keeps them. Usage: Rscript agreement.R FOLDER_OF_LIFELINES_DATASETS agreement.json
# Times go out in the unit of the file, so that reading and its rounding are part of what is compared.

suppressPackageStartupMessages({library(survival); library(cmprsk)})
here <- commandArgs(trailingOnly = TRUE)[1]

number <- function(x) {
  text <- formatC(x, digits = 17, format = "g", width = 1)
  ifelse(is.na(x), "null", text)
}
to_json <- function(x) {
  if (is.data.frame(x)) x <- as.list(x)
  if (is.list(x)) {
    parts <- mapply(function(k, v) paste0('"', k, '": ', to_json(v)), names(x), x)
    return(paste0("{", paste(parts, collapse = ",\n"), "}"))
  }
  if (is.character(x)) return(paste0("[", paste(ifelse(is.na(x), "null", paste0('"', x, '"')), collapse = ", "), "]"))
  paste0("[", paste(number(as.numeric(x)), collapse = ", "), "]")
}
day <- 1 / 30.4375
tight <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 200)
of <- function(f) list(coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))))
cox <- function(f, d, ...) of(coxph(as.formula(f), d, control = tight, ...))
curve <- function(f, d, months) {
  s <- summary(survfit(as.formula(f), d, conf.type = "log-log"), times = months)
  list(months = months, survival = s$surv, lower = s$lower, upper = s$upper)
}

# Illness-death: relapse and death of myeloid; a relapse on the day of a death is a death without relapse.
w <- with(myeloid, data.frame(id, trt = as.character(trt), sex = as.character(sex), relapse = ifelse(is.na(rltime), futime, rltime),
                              relapsed = as.numeric(!is.na(rltime)), last = futime, died = death))
gone <- w$relapsed == 1 & !(w$died == 1 & w$relapse == w$last)
start <- data.frame(w, begun = 0, ended = w$relapse, from = 0, to = ifelse(gone, 1, ifelse(w$died == 1 & w$relapse == w$last, 2, 0)))
later <- w[gone & w$last > w$relapse, ]
after <- data.frame(later, begun = later$relapse, ended = later$last, from = 1, to = 2 * later$died)
rows <- rbind(start, after)
rows <- rows[order(rows$id, rows$begun), ]
rows$state <- factor(rows$to, 0:2, c("censor", "relapsed", "dead"))
rows$now <- factor(rows$from, 0:1, c("start", "relapsed"))
f <- survfit(Surv(begun * day, ended * day, state) ~ 1, rows, id = id, istate = now, p0 = c(1, 0, 0))
s <- summary(f, times = c(3, 6, 12, 24, 36))
place <- match(c("start", "relapsed", "dead"), f$states)
after$gap <- (after$ended - after$begun) * day
km <- survfit(Surv(gap, to == 2) ~ 1, after, conf.type = "log-log")
states <- list(data = w, months = c(3, 6, 12, 24, 36), probability = t(s$pstate[, place]), std_error = t(s$std.err[, place]),
  progression = cox("Surv(ended, to == 1) ~ trt + sex", start),
  death_without_progression = cox("Surv(ended, to == 2) ~ trt + sex", start),
  forward = cox("Surv(begun, ended, to == 2) ~ trt + sex", after), reset = cox("Surv(gap, to == 2) ~ trt + sex", after),
  since = curve("Surv(gap, to == 2) ~ 1", after, c(6, 12)), median = unname(quantile(km, 0.5)$quantile))

# A transplant that starts late: by current value, at landmarks, and cloned with a grace of 6 months.
m <- with(myeloid, data.frame(id, trt = as.character(trt), sex = as.character(sex), last = futime, died = death,
                              ever = ifelse(is.na(txtime), "no", "yes"), wait = txtime))
e <- transform(m, os = last * day, W = ifelse(wait < last, wait, NA) * day)  # a start on the last day changes nothing
cut <- tmerge(e, e, id = id, death = event(os, died), tx = tdc(W))
landmark <- function(L) {
  k <- e[e$os > L, ]
  k$tx <- as.numeric(!is.na(k$W) & k$W <= L)
  cox(paste("Surv(os -", L, ", died) ~ tx + trt + sex"), k)
}
cloned <- function(G) {
  W <- ifelse(is.na(e$W), Inf, e$W)
  until <- pmin(W, e$os); started <- as.numeric(W <= e$os)
  x <- model.matrix(~ trt + sex, e)[, -1]
  risk <- exp(as.vector(x %*% coef(coxph(Surv(until, started) ~ x, control = tight))))
  at <- sort(unique(until[started == 1]))
  # Efron's baseline, in which those who start in one month leave the risk set one after another.
  rise <- sapply(at, function(u) {
    now <- until == u & started == 1
    sum(1 / (sum(risk[until >= u]) - (seq_len(sum(now)) - 1) / sum(now) * sum(risk[now])))
  })
  never <- data.frame(id = e$id, b = 0, e = until, d = ifelse(W < e$os, 0, e$died), r = risk)
  never <- survSplit(Surv(b, e, d) ~ ., never, cut = at)
  never$w <- exp(c(0, cumsum(rise))[findInterval(never$b, at) + 1] * never$r)
  on <- e$os > G
  e$y <- as.numeric(W <= G)
  p <- fitted(glm(y ~ trt + sex, family = binomial, data = e[on, ], control = glm.control(epsilon = 1e-14, maxit = 100)))
  late <- W > G & on
  by <- data.frame(id = e$id, b = 0, e = ifelse(late, G, e$os), d = ifelse(late, 0, e$died))
  by <- survSplit(Surv(b, e, d) ~ ., by, cut = G)
  by$w <- ifelse(by$b >= G, 1 / p[match(by$id, e$id[on])], 1)
  both <- rbind(data.frame(arm = 0, never[c("b", "e", "d", "w")]), data.frame(arm = 1, by[c("b", "e", "d", "w")]))
  unname(coef(coxph(Surv(b, e, d) ~ arm, both, weights = w, control = tight)))
}
transplant <- list(data = m, cox = cox("Surv(tstart, tstop, death) ~ tx + trt + sex", cut),
  curve = curve("Surv(tstart, tstop, death) ~ tx", cut, c(12, 24)), landmark_3 = landmark(3), landmark_6 = landmark(6),
  clones = cloned(6))

# Two causes: progression to a plasma cell malignancy, or death without.
causes <- function(d, rhs, names, months, group, entry = FALSE) {
  d$state <- factor(d$cause, c("censored", names))
  f <- if (entry) survfit(Surv(entry * day, time * day, state) ~ 1, d, id = id) else survfit(Surv(time * day, state) ~ 1, d)
  s <- summary(f, times = months)
  kept <- c("id", "time", "cause", if (entry) "entry", all.vars(as.formula(paste("~", rhs))))
  out <- list(data = d[kept], months = months, probability = t(s$pstate[, -1]), std_error = t(s$std.err[, -1]))
  for (k in names) {
    left <- if (entry) "Surv(entry, time, state == k) ~" else "Surv(time, state == k) ~"
    one <- cox(paste0(sub("k)", paste0("'", k, "')"), left, fixed = TRUE), rhs), d)
    if (!entry) {
      fine <- finegray(as.formula(paste("Surv(time, state) ~", rhs)), d, etype = k)
      one$fine_gray <- unname(coef(coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", rhs)), fine, weights = fgwt,
                                         ties = "breslow", control = tight)))
      one$gray <- unname(cuminc(d$time, d$cause, d[[group]], cencode = "censored")$Tests[k, "stat"])
    }
    out[[k]] <- one
  }
  out
}
g <- with(mgus, data.frame(id, time = ifelse(is.na(pctime), futime, pctime),
  cause = ifelse(!is.na(pctime), "pcm", ifelse(death == 1, "death", "censored")), sex = as.character(sex), age, hgb))
g <- g[!is.na(g$hgb), ]
late <- transform(g, entry = ifelse(seq_len(nrow(g)) %% 3 == 0, pmin(g$time - 14, 10 * seq_len(nrow(g))), 0))
late <- late[late$entry >= 0, ]
fl <- flchain[seq(3, nrow(flchain), 16), ]
fl <- fl[fl$futime > 0, ]
chapter <- ifelse(is.na(fl$chapter), "other", ifelse(fl$chapter == "Circulatory", "circ", "other"))
tied <- data.frame(id = seq_len(nrow(fl)), time = 365.25 * ceiling(fl$futime / 365.25), cause = ifelse(fl$death == 1, chapter, "censored"),
                   sex = as.character(fl$sex), grp = c("a", "b", "c")[findInterval(fl$flc.grp, c(1, 5, 9))])

# Diabetes that comes, by current value; age as the time axis; few patients, one of them without a risk score.
nf <- nafld1[seq(1, nrow(nafld1), 30), ]
found <- aggregate(days ~ id, nafld3[nafld3$event == "diabetes", ], min)
nf$wait <- pmax(found$days[match(nf$id, found$id)], 0)
nf <- nf[nf$futime > 0, ]
nf$wait[!is.na(nf$wait) & nf$wait >= nf$futime] <- NA
nf <- with(nf, data.frame(id, age, male = as.character(male), last = futime, died = status, ever = ifelse(is.na(wait), "no", "yes"), wait))
e2 <- transform(nf, os = last * day, W = wait * day)
cut2 <- tmerge(e2, e2, id = id, death = event(os, died), dm = tdc(W))
a <- flchain[seq(5, nrow(flchain), 23), ]
a <- a[a$futime > 0, ]
a <- with(a, data.frame(id = seq_along(age), from = age, to = round(age + futime / 365.25, 6), died = death, sex = as.character(sex)))
u <- udca1[udca1$futime > 0, c("id", "trt", "stage", "bili", "riskscore", "futime", "status")]
u$trt <- as.character(u$trt); u$stage <- as.character(u$stage)
fit <- coxph(Surv(futime, status) ~ trt + stage + bili + riskscore, u, control = tight)
udca <- c(list(data = u), of(fit), list(zph = unname(cox.zph(fit, transform = "km", terms = TRUE)$table[, 1])))

# lifelines' copies.
r <- read.csv(file.path(here, "rossi.csv"))
fit <- coxph(Surv(week, arrest) ~ factor(fin) + age + factor(race) + factor(wexp) + factor(mar) + factor(paro) + prio, r, control = tight)
rossi <- c(of(fit), list(zph = unname(cox.zph(fit, transform = "km", terms = TRUE)$table[, 1])))
n <- read.csv(file.path(here, "lymph_node.csv"))
lymph <- c(cox("Surv(survtime, censdead) ~ factor(grade) + factor(hormone) + nodes + age + strata(menopause)", n),
           list(logrank = survdiff(Surv(survtime, censdead) ~ grade + strata(menopause), n)$chisq))
i <- read.csv(file.path(here, "mice.csv"))
i$u <- suppressWarnings(as.numeric(as.character(i$u)))
i$u[is.infinite(i$u)] <- NA
i$l[i$l == 0] <- NA
fit <- survreg(Surv(l, u, type = "interval2") ~ grp, i, control = survreg.control(rel.tolerance = 1e-12, maxiter = 500))

mice <- list(coef = unname(coef(fit)), scale = fit$scale, loglik = fit$loglik[2])

writeLines(to_json(list(
  states = states, transplant = transplant, causes = causes(g, "age + sex + hgb", c("death", "pcm"), c(60, 120, 240), "sex"),
  causes_entry = causes(late, "age + sex + hgb", c("death", "pcm"), c(60, 120, 240), "sex", TRUE),
  causes_tied = causes(tied, "sex + grp", c("circ", "other"), c(36, 84, 132), "grp"),
  diabetes = c(list(data = nf), cox("Surv(tstart, tstop, death) ~ dm + age + male", cut2),
               list(curve = curve("Surv(tstart, tstop, death) ~ dm", cut2, c(60, 120)))),
  age = c(list(data = a), cox("Surv(from, to, died) ~ sex", a),
          list(logrank = coxph(Surv(from, to, died) ~ sex, a, ties = "exact")$score)),
  udca = udca, rossi = rossi, lymph = lymph, mice = mice)), commandArgs(trailingOnly = TRUE)[2])
