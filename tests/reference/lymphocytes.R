# Lymphocyte counts of the first bundled reconstruction at three times, compared in pairs by R's stats:
# Rscript tests/reference/lymphocytes.R > tests/reference/lymphocytes.json   (from the root; R 4.2)
d <- read.csv("models/ensembles/seed1_scirep2025/cohorts.csv")
d <- d[d$member == 1, ]
pairs <- list(c("alc_baseline", "alc_mid"), c("alc_baseline", "alc_post"), c("alc_mid", "alc_post"))
lines <- sapply(pairs, function(p) {
  paired <- t.test(d[[p[2]]], d[[p[1]]], paired = TRUE)
  apart <- t.test(d[[p[2]]], d[[p[1]]], var.equal = TRUE)
  numbers <- c(cor(d[[p[1]]], d[[p[2]]]), paired$statistic, paired$p.value, apart$statistic, apart$p.value,
               paired$conf.int)
  sprintf(' "%s %s": [%s]', p[1], p[2], paste(sprintf("%.12g", numbers), collapse = ", "))
})
cat("{\n", paste(lines, collapse = ",\n"), "\n}\n", sep = "")
