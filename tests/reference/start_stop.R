# Start-stop rows and strata by R's survival: Rscript start_stop.R start_stop.json
# Stanford heart transplants (heart, shipped with survival and lifelines); pbc cut at random months is simulated here.
suppressPackageStartupMessages(library(survival))
out <- commandArgs(trailingOnly = TRUE)[1]
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
num <- function(x) paste0("[", paste(formatC(unname(x), digits = 17, format = "g"), collapse = ", "), "]")
fit <- function(f) paste0("{\"coef\": ", num(coef(f)), ", \"se\": ", num(sqrt(diag(vcov(f)))), ", \"loglik\": ", num(f$loglik), ", \"score\": ", num(f$score), "}")
h <- heart
h$transplant <- as.numeric(h$transplant == 1)
whole <- coxph(Surv(start, stop, event) ~ age + year + surgery + transplant, h, control = tight)
strata <- coxph(Surv(start, stop, event) ~ age + year + transplant + strata(surgery), h, control = tight)
one <- coxph(Surv(start, stop, event) ~ transplant, h, control = tight)
within <- coxph(Surv(start, stop, event) ~ transplant + strata(surgery), h, control = tight)
km <- survfit(Surv(start, stop, event) ~ transplant, h, conf.type = "log-log", id = NULL)
at <- c(60, 180, 365)
s <- summary(km, times = at)
# Piecewise exponential: rows cut at the pieces, a Poisson model; with a baseline of its own in each level of surgery.
cuts <- c(30, 90, 365)
parts <- survSplit(Surv(start, stop, event) ~ ., h, cut = cuts, episode = "piece")
parts$months <- (parts$stop - parts$start) / 30.4375
free <- glm.control(epsilon = 1e-14, maxit = 100)
pe <- glm(event ~ factor(piece) + age + year + surgery + transplant - 1 + offset(log(months)), poisson, parts, control = free)
ps <- glm(event ~ factor(piece):factor(surgery) + age + year + transplant - 1 + offset(log(months)), poisson, parts, control = free)
glmfit <- function(f) paste0("{\"coef\": ", num(coef(f)), ", \"se\": ", num(sqrt(diag(vcov(f)))), "}")
writeLines(paste0("{\n\"heart\": ", fit(whole), ",\n\"heart_strata\": ", fit(strata), ",\n\"transplant\": ", fit(one),
  ",\n\"transplant_strata\": ", fit(within), ",\n\"km_times\": ", num(at), ",\n\"km_survival\": ", num(s$surv),
  ",\n\"km_std_error\": ", num(s$std.err), ",\n\"pieces\": ", glmfit(pe), ",\n\"pieces_strata\": ", glmfit(ps), "\n}"), out)
