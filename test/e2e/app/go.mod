module sluice/sample-app

go 1.24.0
