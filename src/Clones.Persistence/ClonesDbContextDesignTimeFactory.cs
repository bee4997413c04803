using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Clones.Persistence;

/// <summary>For <c>dotnet ef migrations</c> only, which reads the model and connects to nothing.</summary>
internal sealed class ClonesDbContextDesignTimeFactory : IDesignTimeDbContextFactory<ClonesDbContext>
{
    public ClonesDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<ClonesDbContext>();
        options.UseClonesPostgres("Host=127.0.0.1;Database=design");
        return new ClonesDbContext(options.Options);
    }
}
