using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Kappa.Tests.Shared;

/// <summary>Reads which types use which: bases, interfaces, constraints, attributes, fields, signatures, locals, caught exceptions, and the tokens of method
/// bodies.</summary>
internal sealed class TypeUses
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xffff, code => code.OperandType);

    private readonly MetadataReader _reader;
    private readonly PEReader _file;
    private readonly HashSet<TypeUse> _result = [];
    private TypeDefinitionHandle _source;
    private string _member = "";

    private TypeUses(PEReader file) => (_file, _reader) = (file, file.GetMetadataReader());

    internal static IReadOnlyCollection<TypeUse> Of(Assembly assembly)
    {
        using var stream = File.OpenRead(assembly.Location);
        using var file = new PEReader(stream);
        var uses = new TypeUses(file);
        foreach (var type in uses._reader.TypeDefinitions)
            uses.ReadType(type);
        return uses._result;
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        _source = Outermost(handle);
        _member = _reader.GetString(type.Name);
        Add(type.BaseType);
        foreach (var part in type.GetInterfaceImplementations())
            Add(_reader.GetInterfaceImplementation(part).Interface);
        AddConstraints(type.GetGenericParameters());
        AddAttributes(type.GetCustomAttributes());
        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition))
        {
            _member = _reader.GetString(field.Name);
            _ = field.DecodeSignature(new Collector(this), null);
            AddAttributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(_reader.GetPropertyDefinition))
        {
            _member = _reader.GetString(property.Name);
            AddAttributes(property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition))
            ReadMethod(method);
    }

    private void ReadMethod(MethodDefinition method)
    {
        _member = _reader.GetString(method.Name);
        _ = method.DecodeSignature(new Collector(this), null);
        AddConstraints(method.GetGenericParameters());
        AddAttributes(method.GetCustomAttributes());
        foreach (var parameter in method.GetParameters())
            AddAttributes(_reader.GetParameter(parameter).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;
        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            _ = _reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new Collector(this), null);
        foreach (var region in body.ExceptionRegions)
            Add(region.CatchType);
        ReadInstructions(body.GetILReader());
    }

    private void ReadInstructions(BlobReader code)
    {
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xfe)
                value = 0xfe00 | code.ReadByte();
            switch (Operands[value])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Add((EntityHandle)MetadataTokens.Handle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineSig:
                    _ = _reader.GetStandaloneSignature((StandaloneSignatureHandle)MetadataTokens.Handle(code.ReadInt32()))
                        .DecodeMethodSignature(new Collector(this), null);
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }
    }

    private void AddConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => _reader.GetGenericParameter(parameter).GetConstraints()))
            Add(_reader.GetGenericParameterConstraint(constraint).Type);
    }

    private void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
            Add(_reader.GetCustomAttribute(attribute).Constructor);
    }

    private void Add(EntityHandle handle)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                AddType((TypeDefinitionHandle)handle);
                break;
            case HandleKind.TypeSpecification:
                _ = _reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Collector(this), null);
                break;
            case HandleKind.MethodDefinition:
                AddType(_reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                AddType(_reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Add(_reader.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.MethodSpecification:
                var method = _reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(method.Method);
                _ = method.DecodeSignature(new Collector(this), null);
                break;
        }
    }

    private void AddType(TypeDefinitionHandle handle)
    {
        var target = Outermost(handle);
        if (target == _source)
            return;
        var (from, to) = (_reader.GetTypeDefinition(_source), _reader.GetTypeDefinition(target));
        _ = _result.Add(new TypeUse(
            _reader.GetString(from.Namespace), _reader.GetString(from.Name), _member, _reader.GetString(to.Namespace), _reader.GetString(to.Name)));
    }

    private TypeDefinitionHandle Outermost(TypeDefinitionHandle handle)
    {
        while (_reader.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer)
            handle = outer;
        return handle;
    }

    /// <summary>Notes each type definition that a signature mentions.</summary>
    private readonly struct Collector(TypeUses uses) : ISignatureTypeProvider<bool, object?>
    {
        public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            uses.AddType(handle);
            return true;
        }

        public bool GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => false;

        public bool GetArrayType(bool elementType, ArrayShape shape) => elementType;

        public bool GetByReferenceType(bool elementType) => elementType;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => true;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => genericType;

        public bool GetGenericMethodParameter(object? genericContext, int index) => false;

        public bool GetGenericTypeParameter(object? genericContext, int index) => false;

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => unmodifiedType;

        public bool GetPinnedType(bool elementType) => elementType;

        public bool GetPointerType(bool elementType) => elementType;

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => false;

        public bool GetSZArrayType(bool elementType) => elementType;
    }
}
