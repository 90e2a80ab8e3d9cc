# Final estimates by stage-wise ordering of rpact 3.3.4: Rscript final_estimates.R > final_estimates.json
suppressPackageStartupMessages({library(rpact); library(jsonlite)})
setLogLevel("DISABLED")
case <- function(stages, events, z, ...) {
  d <- getDesignGroupSequential(alpha = 0.025, sided = 1, ...)
  data <- getDataset(cumulativeEvents = events[1:stages], cumulativeLogRanks = z[1:stages])
  r <- getAnalysisResults(d, data, directionUpper = TRUE, stage = stages)
  list(upper = d$criticalValues[seq_len(max(stages - 1, 0))], events = events[1:stages], z = z[stages],
    median = r$medianUnbiasedEstimates[stages], limits = c(r$finalConfidenceIntervalLowerBounds[stages],
    r$finalConfidenceIntervalUpperBounds[stages]), p = r$finalPValues[stages])
}
cases <- list(
  obrien_fleming_3 = case(3, c(60, 120, 180), c(1.1, 1.6, 2.2), informationRates = c(1/3, 2/3, 1), typeOfDesign = "OF"),
  obrien_fleming_2 = case(2, c(60, 120, 180), c(1.1, 2.9, NA), informationRates = c(1/3, 2/3, 1), typeOfDesign = "OF"),
  pocock_spending = case(2, c(70, 140), c(.8, 2.5), informationRates = c(.5, 1), typeOfDesign = "asP"),
  first_look = case(1, c(70, 140), c(2.6, NA), informationRates = c(.5, 1), typeOfDesign = "asP"),
  nothing = case(3, c(60, 120, 180), c(.2, -.1, .4), informationRates = c(1/3, 2/3, 1), typeOfDesign = "asOF"))
cat(toJSON(digits = 12, auto_unbox = TRUE, pretty = TRUE,
  list(versions = paste(R.version.string, "rpact", packageVersion("rpact")), cases = cases)))
