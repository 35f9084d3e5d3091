module kubestrap.invalid/lab/web

go 1.26.0
