# Reference values from R's stats for tests of characteristics between groups, shares and rates.
# Usage: Rscript association.R association.json
number <- function(x) ifelse(is.na(x), "null", formatC(x, digits = 17, format = "g", width = 1))
line <- function(name, x) paste0('"', name, '": [', paste(number(unname(x)), collapse = ", "), "]")
response <- matrix(c(1, 16, 2, 1, 2, 20, 6, 1, 1, 25, 3, 1), 4)   # CR, PR, SD, PD by three groups
plenty <- matrix(c(20, 15, 21, 12, 30, 18), 2)                     # two levels by three groups
small <- matrix(c(9, 5, 2, 7), 2)
one <- c(7, 6, 7, 5, 5, 6, 5, 9, 6, 6); two <- c(4, 5, 5, 8, 12, 4, 6); three <- c(9, 10, 8, 8)
chi <- chisq.test(plenty, correct = FALSE); w <- wilcox.test(one, two, exact = FALSE)
k <- kruskal.test(list(one, two, three))
found <- c(
  line("fisher_response", fisher.test(response)$p.value),
  line("fisher_small", fisher.test(small)$p.value),
  line("chi_square", c(chi$statistic, chi$parameter, chi$p.value)),
  line("mann_whitney", c(w$statistic, w$p.value)),
  line("kruskal_wallis", c(k$statistic, k$parameter, k$p.value)),
  line("binomial_4_of_79", binom.test(4, 79)$conf.int),
  line("binomial_0_of_79", binom.test(0, 79)$conf.int),
  line("binomial_79_of_79", binom.test(79, 79)$conf.int),
  line("binomial_none_one_sided", binom.test(0, 79, alternative = "less")$conf.int[2]),
  line("poisson_4_in_168", poisson.test(4, 168)$conf.int),
  line("poisson_0_in_168", poisson.test(0, 168)$conf.int))
writeLines(paste0("{", paste(found, collapse = ",\n "), "}"), commandArgs(trailingOnly = TRUE)[1])
