"""`benchmark`: what DIVA costs, measured as ratios in one run and held against its targets."""
