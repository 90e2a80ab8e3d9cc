"""What a posterior answers and says, how it is made, saved and read back; of one cohort or an ensemble."""
