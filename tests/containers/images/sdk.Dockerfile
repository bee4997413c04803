# Stand-in for mcr.microsoft.com/dotnet/sdk: the SDK of this machine on plain Debian.
FROM clones-stand-in/base
COPY dotnet /usr/share/dotnet
COPY machine/nuget /root/.nuget/NuGet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt NUGET_CERT_REVOCATION_MODE=offline
