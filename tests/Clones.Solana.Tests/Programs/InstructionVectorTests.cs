using System.Reflection;
using Clones.Solana.Messages;
using Clones.Solana.Programs;
using Clones.Solana.Tests.Vectors;

namespace Clones.Solana.Tests.Programs;

public sealed class InstructionVectorTests
{
    [Fact]
    public void Every_instruction_is_byte_for_byte_that_of_the_public_clients()
    {
        foreach (var vector in VectorFile.Group("instructions"))
        {
            var expected = vector.AsInstruction();
            var built = InstructionBuilders.ByName[vector.Text("builder")](vector["args"]);
            built.ProgramId.ShouldBe(expected.ProgramId, vector.ToString());
            built.Accounts.ShouldBe(expected.Accounts, vector.ToString());
            Convert.ToHexString(built.Data).ShouldBe(Convert.ToHexString(expected.Data), vector.ToString());
        }
    }

    [Fact]
    public void No_public_builder_of_an_instruction_is_without_vectors()
    {
        var covered = VectorFile.Group("instructions").Select(v => v.Text("builder")).ToHashSet();
        var builders = typeof(SystemProgram)
            .Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.ReturnType == typeof(Instruction))
            .Select(method => $"{ShortName(method.DeclaringType!)}.{method.Name}")
            .ToHashSet();
        builders.ShouldNotBeEmpty();
        builders.Except(covered).ShouldBeEmpty();
    }

    private static string ShortName(Type type) =>
        type == typeof(AddressLookupTableProgram) ? "LookupTable"
        : type.Name.EndsWith("Program", StringComparison.Ordinal) ? type.Name[..^"Program".Length]
        : type.Name;
}
