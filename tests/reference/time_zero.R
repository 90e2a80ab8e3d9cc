# Clone, censor, weight by R's survival: Rscript time_zero.R time_zero.json. SIMULATED: 90 patients, no effect, a
# treatment that starts late, a stage on which start and hazard depend. Clones are written out row by row; weights from
# survfit, glm and coxph; the ratio from coxph with weights, in rows cut at every start.
suppressPackageStartupMessages(library(survival))
out <- commandArgs(trailingOnly = TRUE)[1]
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", formatC(unname(x), digits = 17, format = "g")), collapse = ", "), "]")
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
set.seed(17)
n <- 90
g <- 3
stage <- rbinom(n, 1, 0.5)
latent <- rexp(n, 0.05 * exp(0.7 * stage))
wish <- ifelse(runif(n) < 0.75, rexp(n, 0.25 * exp(-0.5 * stage)), Inf)
lost <- runif(n, 8, 40)
months <- round(pmin(latent, lost), 2) + 0.01
death <- as.numeric(latent <= lost)
start <- round(wish, 2)
start[start >= months] <- Inf
d <- data.frame(id = 1:n, months, death, start, stage)
started <- as.numeric(is.finite(start))
until <- pmin(months, start)
starts <- sort(unique(start[is.finite(start)]))
strictly <- function(f, t) { k <- sum(f$time < t); if (k == 0) 1 else f$surv[k] }
rows <- function(weigh_never, weigh_by) {
  made <- list()
  for (i in 1:n) {
    edges <- c(0, starts[starts < until[i]], until[i])
    for (k in seq_len(length(edges) - 1)) {
      last <- k == length(edges) - 1
      made[[length(made) + 1]] <- c(i, 0, edges[k], edges[k + 1], as.numeric(last && death[i] == 1 && !started[i]), weigh_never(i, edges[k + 1]))
    }
    stays <- start[i] <= g || months[i] <= g
    end <- if (stays) months[i] else g
    edges <- c(0, if (end > g) g, end)
    for (k in seq_len(length(edges) - 1)) {
      last <- k == length(edges) - 1
      w <- if (edges[k + 1] > g) weigh_by(i) else 1
      made[[length(made) + 1]] <- c(i, 1, edges[k], edges[k + 1], as.numeric(last && death[i] == 1 && stays), w)
    }
  }
  found <- as.data.frame(do.call(rbind, made))
  names(found) <- c("id", "arm", "begin", "end", "died", "w")
  found[found$end > found$begin, ]
}
km <- survfit(Surv(until, started) ~ 1)
beyond <- months > g
share <- mean(start[beyond] <= g)
plain <- rows(function(i, t) 1 / strictly(km, t), function(i) 1 / share)
fit <- function(r) coxph(Surv(begin, end, died) ~ arm, r, weights = w, control = tight)
p <- fit(plain)
cm <- coxph(Surv(until, started) ~ stage, control = tight)
# Efron's form of the Breslow hazard, of a patient at the mean stage.
h <- survfit(cm, newdata = data.frame(stage = mean(stage)), stype = 2, ctype = 2)
before <- function(t) { k <- sum(h$time < t); if (k == 0) 0 else h$cumhaz[k] }
lg <- glm(start[beyond] <= g ~ stage[beyond], family = binomial, control = glm.control(epsilon = 1e-14, maxit = 100))
chance <- plogis(coef(lg)[1] + coef(lg)[2] * stage)
adjusted <- rows(function(i, t) exp(before(t) * exp((stage[i] - mean(stage)) * coef(cm))), function(i) 1 / chance[i])
a <- fit(adjusted)
s <- function(r) { k <- survfit(Surv(begin, end, died) ~ arm, r, weights = w); summary(k, times = c(6, 12, 24))$surv }
columns <- paste(sapply(names(d), function(x) paste0("\"", x, "\": ", num(ifelse(is.finite(d[[x]]), d[[x]], NA)))), collapse = ", ")
writeLines(paste0("{\n\"patients\": {", columns, "},\n\"grace\": ", g, ",\n\"plain\": ", num(coef(p)), ",\n\"adjusted\": ", num(coef(a)),
  ",\n\"times\": [6, 12, 24],\n\"plain_survival\": ", num(s(plain)), ",\n\"adjusted_survival\": ", num(s(adjusted)),
  ",\n\"largest\": ", num(c(max(plain$w), max(adjusted$w))), "\n}"), out)
