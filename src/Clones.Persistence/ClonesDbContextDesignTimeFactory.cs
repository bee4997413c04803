using Microsoft.EntityFrameworkCore.Design;

namespace Clones.Persistence;

/// <summary>For <c>dotnet ef migrations</c> only, which reads the model and connects to nothing.</summary>
internal sealed class ClonesDbContextDesignTimeFactory : IDesignTimeDbContextFactory<ClonesDbContext>
{
    public ClonesDbContext CreateDbContext(string[] args) => ClonesDbContextOptions.Open("Host=127.0.0.1;Database=design");
}
