import { isCompressible, types } from "./contentTypes.ts";
import {
  allowedMethods,
  hashedPath,
  immutable,
  production,
  revalidate,
  securityHeaders,
  type Serving,
  unkept,
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

/** As nginx lists them; html it compresses in any case. */
const compressedTypes = [...new Set(mediaTypes.map(({ type }) => type))].filter(
  (type) => isCompressible(type) && type !== "text/html",
);

/** Below this an answer is not compressed on the way, in bytes. */
const LEAST_COMPRESSED = 20;

/** docs/deploy/nginx.conf: a site with the production headers on every answer. */
export function renderNginxSite(): string {
  const width = Math.max(...mediaTypes.map(({ type }) => type.length)) + 1;
  const headers = (serving: Serving) =>
    Object.entries(securityHeaders(serving))
      .map(([name, value]) => `    add_header ${name} "${value}" always;`)
      .join("\n");
  const refuseMethods = `if ($request_method !~ "^(${allowedMethods.join("|")})$") {
            return 405;
        }`;
  return `# Key Backup behind nginx 1.13 or newer, for /etc/nginx/conf.d/key-backup.conf.
# Name, certificate and root are yours. The rest is made from scripts/lib/securityHeaders.ts, and
# \`npm test\` runs nginx with it.

# Only what was found under a name that carries a hash of its contents is kept without asking again.
map "$status $uri" $key_backup_cache {
    default "${unkept}";
    "~^(200|206|304) ${hashedPath.slice(1)}" "${immutable}";
    "~^(200|206|304) " "${revalidate}";
}

# A header without a value is not sent.
map $status $key_backup_allow {
    405 "${allowedMethods.join(", ")}";
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
${headers(production)}
    add_header Cache-Control $key_backup_cache always;
    add_header Allow $key_backup_allow always;

    types {
${mediaTypes.map(({ ending, type }) => `        ${type.padEnd(width)}${ending};`).join("\n")}
    }
    default_type application/octet-stream;
    charset utf-8;
    charset_types text/css text/javascript text/plain;

    # The build has a .gz beside each file of assets/ that is worth it, and a .br for those who load
    # Debian's libnginx-mod-http-brotli-static. The few others are compressed as they go out.
    gzip_static on;
    #brotli_static on;
    gzip on;
    gzip_min_length ${LEAST_COMPRESSED};
    gzip_types ${compressedTypes.join(" ")};
    gzip_vary on;

    location / {
        ${refuseMethods}
        try_files $uri $uri/index.html =404;
    }

    # Names that start with a dot or an underscore are for hosts and tools, not for browsers.
    location ~ /[._] {
        ${refuseMethods}
        return 404;
    }
}

# Strict-Transport-Security has no meaning over http, and no page is served here.
server {
    listen 80;
    listen [::]:80;
    server_name ${example.host};
    server_tokens off;
${headers({ ...production, strictTransport: false })}
    return 301 https://${example.host}$request_uri;
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

    @other_methods not method ${allowedMethods.join(" ")}
    error @other_methods 405

    # No name has such a byte.
    @malformed path_regexp \\x00
    error @malformed 400

    # Names that start with a dot or an underscore are for hosts and tools, not for browsers.
    @hidden path_regexp /[._]
    error @hidden 404

    # The build has a .br and a .gz beside each file of assets/ that is worth it; the few others are
    # compressed as they go out.
    encode {
        gzip
        minimum_length ${LEAST_COMPRESSED}
    }
    file_server {
        precompressed br gzip
    }

    # An answer that is an error starts without the headers above.
    handle_errors {
        import key_backup_headers
        header Cache-Control "${unkept}"
        @not_allowed expression {err.status_code} == 405
        header @not_allowed Allow "${allowedMethods.join(", ")}"
        respond "{err.status_code} {err.status_text}"
    }
}
`.replaceAll("    ", "\t");
}
