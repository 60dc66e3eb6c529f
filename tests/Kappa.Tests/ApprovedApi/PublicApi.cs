using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kappa.Tests.ApprovedApi;

/// <summary>Renders the public types and members of an assembly as text, one a line, in a fixed order. Linked into each test project that approves an
/// API.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long",
            [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(string)] = "string", [typeof(object)] = "object", [typeof(char)] = "char",
    };

    internal static string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().Where(type => !IsMadeByCompiler(type)).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            _ = text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal))
                _ = text.Append("    ").Append(member).Append('\n');
            _ = text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Header(Type type)
    {
        string kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class" : "class";
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var bases = type.IsEnum || type.IsSubclassOf(typeof(Delegate)) ? [] : new[] { type.BaseType }
            .Where(parent => parent is not null && parent != typeof(object) && parent != typeof(ValueType)).Select(parent => Name(parent!))
            .Concat(type.GetInterfaces().Except(inherited).Where(part => part.IsVisible).Select(part => Name(part)).Order(StringComparer.Ordinal)).ToArray();
        return $"{kind} {type.Namespace}.{Name(type)}{(bases.Length == 0 ? "" : $" : {string.Join(", ", bases)}")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type)
                .Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}");
        }

        if (type.IsSubclassOf(typeof(Delegate)))
            return [Method(type.GetMethod("Invoke")!)];
        return type.GetConstructors(Declared).Where(IsVisible).Select(constructor => $"{Access(constructor)}{Name(type)}({Parameters(constructor)})")
            .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && !IsAccessor(method) && !IsMadeByCompiler(method)).Select(Method))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsVisible)).Select(Property))
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(Field))
            .Concat(type.GetEvents(Declared)
                .Where(entry => IsVisible(entry.AddMethod!)).Select(entry => $"event {Name(entry.EventHandlerType!)} {entry.Name}"));
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    /// <summary>The types that hold the signatures of extension blocks.</summary>
    private static bool IsMadeByCompiler(Type type) => type.FullName!.Contains('<', StringComparison.Ordinal);

    /// <summary>What the compiler adds to records, beyond what the author wrote.</summary>
    private static bool IsMadeByCompiler(MethodInfo method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name.Contains('<', StringComparison.Ordinal);

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method) => Access(method) + (method.IsStatic ? "static " : "") + (method.DeclaringType!.IsInterface ? ""
        : method is { IsVirtual: true, IsFinal: false } && method.GetBaseDefinition() == method ? (method.IsAbstract ? "abstract " : "virtual ")
        : method.GetBaseDefinition() != method ? (method.IsFinal ? "sealed override " : method.IsAbstract ? "abstract override " : "override ") : "");

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        return $"{Modifiers(method)}{Nullable(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Property(PropertyInfo property)
    {
        var shown = property.GetAccessors(nonPublic: true).First(IsVisible);
        var index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        string set = property.SetMethod is not { } setter || !IsVisible(setter) ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? $"{Access(setter)}init; " : $"{Access(setter)}set; ";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{required}{Modifiers(shown)}{Nullable(property.PropertyType, Nullability.Create(property))} {name} "
            + $"{{ {(property.GetMethod is { } getter && IsVisible(getter) ? "get; " : "")}{set}}}";
    }

    private static string Field(FieldInfo field)
    {
        string kind = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        return $"{(field.IsPublic ? "" : "protected ")}{kind}{Nullable(field.FieldType, Nullability.Create(field))} "
            + $"{field.Name}{(field.IsLiteral ? $" = {Literal(field.GetRawConstantValue(), field.FieldType)}" : "")}";
    }

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        string direction = parameter.IsOut ? "out " : type.IsByRef ? (parameter.IsIn ? "in " : "ref ") : parameter.IsDefined(typeof(ParamArrayAttribute))
            || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        string value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue, type)}" : "";
        return $"{direction}{Nullable(type.IsByRef ? type.GetElementType()! : type, Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && System.Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        _ when type.IsEnum => $"{type.Name}.{Enum.ToObject(type, value)}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Nullable(Type type, NullabilityInfo info)
    {
        bool reference = !type.IsValueType && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable);
        return Name(type, info) + (reference ? "?" : "");
    }

    private static string Name(Type type, NullabilityInfo? info = null)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (type.IsByRef)
            return $"ref {Name(type.GetElementType()!)}";
        if (type.IsPointer)
            return $"{Name(type.GetElementType()!)}*";
        if (type.IsArray)
        {
            string element = info?.ElementType is { } elementInfo ? Nullable(type.GetElementType()!, elementInfo) : Name(type.GetElementType()!);
            return $"{element}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (System.Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{Name(underlying)}?";
        string outer = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}." : "";
        if (!type.IsGenericType)
            return outer + type.Name;
        var arguments = type.GetGenericArguments()
            .Select((argument, i) => i < info?.GenericTypeArguments.Length ? Nullable(argument, info.GenericTypeArguments[i]) : Name(argument));
        return $"{outer}{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>";
    }
}
