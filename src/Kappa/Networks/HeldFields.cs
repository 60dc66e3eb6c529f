using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>The modules and tensors that a module's fields hold, by themselves or in an array, a list, a dictionary or a tuple.</summary>
internal static class HeldFields
{
    // A list of tuples of arrays; beyond, a list might hold itself.
    private const int MaximumDepth = 3;

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The attribute on Module keeps the fields of every type that derives from it.")]
    internal static IEnumerable<(string Field, object Held)> Of(Module module)
    {
        for (var type = module.GetType(); type is not null && type != typeof(Module); type = type.BaseType)
        {
            // Those of the library register what they hold.
            if (type.Assembly == typeof(Module).Assembly)
                continue;
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                foreach (object held in Held(field.GetValue(module)))
                    yield return (Display(field.Name), held);
            }
        }
    }

    private static IEnumerable<object> Held(object? value, int depth = MaximumDepth) => value switch
    {
        Module or Tensor => [value],
        _ when depth == 0 => [],
        IDictionary dictionary => dictionary.Values.Cast<object?>().SelectMany(inner => Held(inner, depth - 1)),
        // Such as an array or a list; anything else might compute its elements.
        ICollection collection when !IsOfNumbers(value.GetType()) => collection.Cast<object?>().SelectMany(inner => Held(inner, depth - 1)),
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Held(tuple[i], depth - 1)),
        _ => [],
    };

    private static bool IsOfNumbers(Type type) => (type.GetElementType() ?? type.GetGenericArguments().FirstOrDefault())?.IsPrimitive ?? false;

    /// <summary>Head for the field behind a property Head, and body for a parameter of a primary constructor.</summary>
    private static string Display(string field) => field.StartsWith('<') ? field[1..field.IndexOf('>', StringComparison.Ordinal)] : field;
}
