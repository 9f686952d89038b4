"""What each family of hosted models does with each setting, as data with date and source."""
