using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Clones.Contracts.Tests;

/// <summary>Everything a compiled assembly names: types and members that it uses or defines, assemblies, and its text constants.</summary>
internal sealed class AssemblyContents : IDisposable
{
    private readonly PEReader file;
    private readonly MetadataReader metadata;

    public AssemblyContents(string assemblyName)
    {
        file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assemblyName + ".dll")));
        metadata = file.GetMetadataReader();
    }

    public IEnumerable<string> ReferencedAssemblies =>
        metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name));

    /// <summary>Full names of types of other assemblies.</summary>
    public IEnumerable<string> UsedTypes =>
        metadata
            .TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}");

    /// <summary>Names of types, methods (native ones by their entry point too), fields and members, used or defined.</summary>
    public IEnumerable<string> Names =>
        UsedTypes
            .Concat(metadata.TypeDefinitions.Select(handle => metadata.GetString(metadata.GetTypeDefinition(handle).Name)))
            .Concat(metadata.MethodDefinitions.Select(handle => metadata.GetString(metadata.GetMethodDefinition(handle).Name)))
            .Concat(
                metadata
                    .MethodDefinitions.Select(handle => metadata.GetMethodDefinition(handle).GetImport())
                    .Where(import => !import.Name.IsNil)
                    .Select(import => metadata.GetString(import.Name))
            )
            .Concat(metadata.MemberReferences.Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name)))
            .Concat(metadata.FieldDefinitions.Select(handle => metadata.GetString(metadata.GetFieldDefinition(handle).Name)));

    /// <summary>Text constants: those that code loads, and those of const fields.</summary>
    public IEnumerable<string> Texts
    {
        get
        {
            for (var text = MetadataTokens.UserStringHandle(1); !text.IsNil; text = metadata.GetNextHandle(text))
            {
                yield return metadata.GetUserString(text);
            }

            foreach (var handle in metadata.FieldDefinitions)
            {
                var constant = metadata.GetFieldDefinition(handle).GetDefaultValue();
                if (constant.IsNil || metadata.GetConstant(constant) is not { TypeCode: ConstantTypeCode.String } value)
                {
                    continue;
                }

                yield return metadata.GetBlobReader(value.Value).ReadConstant(ConstantTypeCode.String) as string ?? "";
            }
        }
    }

    public void Dispose() => file.Dispose();
}
