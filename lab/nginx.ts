/**
 * The machine that packages come from, in place of pkgs.k8s.io and its like: read-only files.
 * https://nginx.org/en/docs/ngx_core_module.html
 */
export const nginxConfig = `# Written by the kubestrap lab.
user www-data;
worker_processes 1;
daemon off;
error_log /dev/stderr warn;
pid /run/nginx.pid;
events { worker_connections 512; }
http {
  access_log off;
  sendfile on;
  types { }
  default_type application/octet-stream;
  server {
    listen 80;
    root /srv/rpms;
    autoindex on;
  }
}
`
