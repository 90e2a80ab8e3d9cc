# Start-stop rows of several data sets by R's survival.
# Rscript split_rows.R LARYNX.csv VISITS.csv split_rows.json    writes the reference; the two files are those of split_rows.py
# Rscript split_rows.R FOLDER                                   writes survival's own data as start-stop rows into FOLDER
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
num <- function(x) paste0("[", paste(formatC(unname(as.numeric(x)), digits = 17, format = "g", width = 1), collapse = ", "), "]")

# A visit holds until the next, the last until the end of follow-up.
visits_of <- function(d) {
  d <- d[order(d$id, d$start), ]
  last <- c(d$id[-1] != d$id[-nrow(d)], TRUE)
  d$stop <- ifelse(last, d$futime, c(d$start[-1], NA))
  d$event <- as.numeric(last & d$died)
  d[d$start < d$stop, ]
}
pbc <- with(pbcseq, data.frame(id, start = day, futime, died = status == 2, age, edema = c("none", "treated", "yes")[2 * edema + 1],
  sex = as.character(sex), log_bili = log(bili), log_protime = log(protime), log_albumin = log(albumin)))
pbc <- visits_of(pbc)[c("id", "start", "stop", "event", "age", "edema", "sex", "log_bili", "log_protime", "log_albumin")]
yes <- function(x) ifelse(x == 1, "yes", "no")
jasa <- with(jasa1, data.frame(id, start, stop, event, age, year, surgery = yes(surgery), transplant = yes(transplant)))
# Progression of a monoclonal gammopathy, from its month on; months of 1,384 patients with many ties.
before <- with(mgus2, data.frame(id, start = 0, futime, died = death == 1, age, sex = as.character(sex), progressed = "no"))
after <- with(mgus2[mgus2$pstat == 1, ], data.frame(id, start = ptime, futime, died = death == 1, age, sex = as.character(sex), progressed = "yes"))
mgus <- visits_of(rbind(before, after))[c("id", "start", "stop", "event", "age", "sex", "progressed")]
if (length(arguments) == 1) {
  for (name in c("pbc", "jasa", "mgus"))
    write.csv(format(get(name), digits = 17, trim = TRUE), file.path(arguments[1], paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
  quit()
}

fit <- function(f) paste0('{"labels": [', paste0('"', names(coef(f)), '"', collapse = ", "), '], "coef": ', num(coef(f)), ', "se": ',
                          num(sqrt(diag(vcov(f)))), ', "n": ', f$n, ', "events": ', f$nevent, "}")
# With `id` adjoining rows of a patient are one: nobody is censored between them. Group by group, since survival 3.5-3
# counts the censored of all groups but the first wrongly where `id` is given.
curves <- function(data, group) {
  parts <- sapply(sort(unique(as.character(data[[group]]))), function(g) {
    f <- survfit(Surv(start, stop, event) ~ 1, data[data[[group]] == g, ], id = id)
    paste0('"', g, '": {"time": ', num(f$time), ', "at_risk": ', num(f$n.risk), ', "events": ', num(f$n.event),
           ', "censored": ', num(f$n.censor), ', "survival": ', num(f$surv), "}")
  })
  paste0("{", paste(parts, collapse = ", "), "}")
}
larynx <- read.csv(arguments[1]); larynx$stage <- factor(larynx$stage)
split <- survSplit(Surv(stop, event) ~ stage + age + id, larynx, cut = c(0.5, 1, 2, 3.5, 6), start = "start")
visits <- read.csv(arguments[2]); visits$state <- factor(visits$state, c("good", "fair", "poor"))
pbc$edema <- factor(pbc$edema, c("none", "treated", "yes"))
found <- c(
  larynx_whole = fit(coxph(Surv(stop, event) ~ stage + age, larynx, control = tight)),
  larynx = fit(coxph(Surv(start, stop, event) ~ stage + age, split, control = tight)),
  larynx_curves = curves(split, "stage"),
  visits = fit(coxph(Surv(start, stop, event) ~ state + marker, visits, control = tight)),
  visits_strata = fit(coxph(Surv(start, stop, event) ~ marker + arm + strata(state), visits, control = tight)),
  visits_curves = curves(visits, "arm"),
  pbc = fit(coxph(Surv(start, stop, event) ~ age + edema + log_bili + log_protime + log_albumin, pbc, control = tight)),
  pbc_strata = fit(coxph(Surv(start, stop, event) ~ age + edema + log_bili + log_protime + log_albumin + strata(sex), pbc, control = tight)),
  jasa = fit(coxph(Surv(start, stop, event) ~ age + year + surgery + transplant, jasa, control = tight)),
  mgus = fit(coxph(Surv(start, stop, event) ~ age + sex + progressed, mgus, control = tight))
)
writeLines(paste0("{", paste0('"', names(found), '": ', found, collapse = ",\n"), "}"), arguments[3])
