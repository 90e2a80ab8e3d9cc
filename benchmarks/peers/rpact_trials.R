# Log-rank decisions of rpact for the trials of rt_consolidation: Rscript rpact_trials.R TRIALS ROUNDS
# Prints, for each round, CPU seconds of one look, of three looks, then the powers and the versions.
suppressPackageStartupMessages(library(rpact))
asked <- as.integer(commandArgs(trailingOnly = TRUE))
designs <- list(
  list(events = 247, design = getDesignGroupSequential(kMax = 1, alpha = 0.025, sided = 1)),
  list(events = c(124, 185, 247), design = getDesignGroupSequential(
    kMax = 3, alpha = 0.025, sided = 1, typeOfDesign = "asOF", informationRates = c(124, 185, 247) / 247))
)
simulated <- function(of, seed) {
  taken <- system.time(found <- getSimulationSurvival(
    of$design, directionUpper = FALSE, median2 = 13.7, hazardRatio = 0.7, plannedEvents = of$events,
    maxNumberOfSubjects = 360, accrualTime = c(0, 24), dropoutRate1 = 0.05, dropoutRate2 = 0.05, dropoutTime = 12,
    maxNumberOfIterations = asked[1], seed = seed))
  c(sum(taken[1:2]), found$overallReject)
}
for (round in seq_len(asked[2])) cat(sapply(designs, simulated, seed = round), "\n")
cat(R.version.string, "; rpact", as.character(packageVersion("rpact")), "\n")
