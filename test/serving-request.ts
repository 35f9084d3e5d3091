/** For the example cluster's k-worker-1. Made by openssl req (OpenSSL 3.0) with `-addext subjectAltName=DNS:k-worker-1,IP:192.168.9.141`. */
export const workerRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIIBIjCByAIBADA4MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxHzAdBgNVBAMMFnN5
c3RlbTpub2RlOmstd29ya2VyLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASn
i0nPETTxy4D8pdCJw7UhEHOCg0NWQ21OQgIz+WU9nH/8BQ9D/IjO7ht1PZMtBrwj
9AL2L8ztvS86GU0EyxHsoC4wLAYJKoZIhvcNAQkOMR8wHTAbBgNVHREEFDASggpr
LXdvcmtlci0xhwTAqAmNMAoGCCqGSM49BAMCA0kAMEYCIQDsGOhfg0ayxkNR7rMb
tCPvhL1OWHz/RL9ZMmqxt0vnrgIhAM8CH7sG9xl17IMEze/ld/7hYuNgYyXYHV4W
ooKSZYoe
-----END CERTIFICATE REQUEST-----
`
