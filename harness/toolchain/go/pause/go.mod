module example.com/sluice/pause

go 1.22
