# Rates of the United States 2000 to 2014, ages 40 to 100, and what survexp makes of a few patients.
# Source: ratetable survexp.us of the R package survival, which takes it from the decennial and annual United States
# Life Tables (National Center for Health Statistics, public domain); deaths per day there, per year of 365.25 days here.
# Run: Rscript tests/reference/background.R
library(survival)
ages <- 40:100
years <- 2000:2014
cells <- expand.grid(year = years, sex = c("male", "female"), age = ages, stringsAsFactors = FALSE)
daily <- mapply(function(a, s, y) survexp.us[as.character(a), s, as.character(y)], cells$age, cells$sex, cells$year)
cells$rate <- daily * 365.25
write.csv(cells[, c("age", "sex", "year", "rate")], "tests/reference/us_life_table.csv", row.names = FALSE, quote = FALSE)

# Every year has 365.25 days here, as have ages in the ratetable: its new years are moved there, by a day at most.
rates <- survexp.us
attr(rates, "cutpoints")[[3]] <- as.Date("2000-01-01") + (as.numeric(dimnames(rates)[[3]]) - 2000) * 365.25
attr(rates, "type") <- c(2, 1, 3)
n <- 30
set.seed(4)
age <- round(runif(n, 45, 88), 2)
sex <- sample(c("male", "female"), n, TRUE)
year <- round(runif(n, 2001, 2012), 2)
months <- round(runif(n, 1, 80), 1)
day <- 365.25
patients <- data.frame(
  age = age * day, sex = sex, year = as.Date("2000-01-01") + (year - 2000) * day, futime = months * day / 12
)
expected <- survexp(futime ~ 1, data = patients, ratetable = rates, method = "individual.h",
  rmap = list(age = age, sex = sex, year = year))
jsonlite <- sprintf(
  '{"survival": "%s", "age": [%s], "sex": [%s], "year": [%s], "months": [%s], "expected": [%s]}',
  packageVersion("survival"), paste(age, collapse = ", "), paste0('"', sex, '"', collapse = ", "),
  paste(year, collapse = ", "), paste(months, collapse = ", "),
  paste(format(as.numeric(expected), digits = 15), collapse = ", ")
)
writeLines(jsonlite, "tests/reference/background.json")
