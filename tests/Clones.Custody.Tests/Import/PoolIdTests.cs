using Clones.Custody.Import;

namespace Clones.Custody.Tests.Import;

public sealed class PoolIdTests
{
    // By Python's uuid.uuid5 with the same namespace.
    [Theory]
    [InlineData("65f1c0ffee65f1c0ffee65f1", "91a10f35-e19c-5cca-8b8c-37c319d0ec7a")]
    [InlineData("pool-of-the-first-days", "b49c387c-5f55-5f1d-be37-36750e61aeed")]
    [InlineData("Schlüssel", "e355176d-fab2-5a5a-9ddf-1bbd4c00ed3e")]
    public void An_old_id_has_the_id_that_any_other_implementation_of_version_5_gives_it(string oldId, string id) =>
        PoolId.Of(oldId).ShouldBe(Guid.Parse(id));
}
