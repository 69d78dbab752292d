import { types } from "./contentTypes.ts";
import {
  hashedPath,
  immutable,
  production,
  revalidate,
  securityHeaders,
} from "./securityHeaders.ts";

/** What a deployment has of its own, as the ready-made files name it. */
export const example = {
  host: "keys.example.org",
  root: "/var/www/key-backup",
} as const;

/**
 * The type to send for each ending, without its charset: both servers add that to text by themselves
 * or are told to.
 */
const mediaTypes = [...types].map(([ending, type]) => ({
  ending,
  type: type.replace(/;.*$/, ""),
}));

/** docs/deploy/nginx.conf: a site with the production headers on every answer. */
export function renderNginxSite(): string {
  const width = Math.max(...mediaTypes.map(({ type }) => type.length)) + 1;
  const headers = Object.entries(securityHeaders(production)).map(
    ([name, value]) => `    add_header ${name} "${value}" always;`,
  );
  return `# Key Backup behind nginx 1.13 or newer, for /etc/nginx/conf.d/key-backup.conf.
# Name, certificate and root are yours. The rest is made from scripts/lib/securityHeaders.ts, and
# \`npm test\` runs nginx with it.

# Only what was found under a name that carries a hash of its contents is kept without asking again.
map "$status $uri" $key_backup_cache {
    default "${revalidate}";
    "~^(200|206|304) ${hashedPath.slice(1)}" "${immutable}";
}

server {
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name ${example.host};
    ssl_certificate /etc/letsencrypt/live/${example.host}/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/${example.host}/privkey.pem;

    root ${example.root};
    index index.html;
    server_tokens off;

    # An add_header inside a location would take the place of all of these: keep them together.
${headers.join("\n")}
    add_header Cache-Control $key_backup_cache always;

    types {
${mediaTypes.map(({ ending, type }) => `        ${type.padEnd(width)}${ending};`).join("\n")}
    }
    default_type application/octet-stream;
    charset utf-8;
    charset_types text/css text/javascript text/plain;

    # The build has a .gz beside each file that is worth it, and a .br for those who load
    # Debian's libnginx-mod-http-brotli-static.
    gzip_static on;
    gzip_vary on;
    #brotli_static on;

    location / {
        limit_except GET {
            deny all;
        }
        try_files $uri $uri/index.html =404;
    }

    # Names that start with a dot or an underscore are for hosts and tools, not for browsers.
    location ~ /[._] {
        return 404;
    }
}

server {
    listen 80;
    listen [::]:80;
    server_name ${example.host};
    return 301 https://$host$request_uri;
}
`;
}

/** docs/deploy/Caddyfile: the same for Caddy, which gets its certificate by itself. */
export function renderCaddyfile(): string {
  const headers = Object.entries(securityHeaders(production)).map(
    ([name, value]) => `        ${name} "${value}"`,
  );
  return `# Key Backup behind Caddy 2.6 or newer. Name and root are yours; the rest is made from
# scripts/lib/securityHeaders.ts. Caddy gets a certificate for the name by itself.

(key_backup_headers) {
    header {
${headers.join("\n")}
        -Server
    }
}

${example.host} {
    root * ${example.root}
    import key_backup_headers

    # Only what is there under a name that carries a hash of its contents is kept without asking again.
    @hashed {
        path_regexp ${hashedPath}
        file
    }
    @other_files not {
        path_regexp ${hashedPath}
        file
    }
    header @hashed Cache-Control "${immutable}"
    header @other_files Cache-Control "${revalidate}"

    @other_methods not method GET HEAD
    error @other_methods 405

    # Names that start with a dot or an underscore are for hosts and tools, not for browsers.
    @hidden path_regexp /[._]
    error @hidden 404

    file_server {
        precompressed br gzip
    }

    # An answer that is an error starts without the headers above.
    handle_errors {
        import key_backup_headers
        header Cache-Control "${revalidate}"
        respond "{err.status_code} {err.status_text}"
    }
}
`.replaceAll("    ", "\t");
}
