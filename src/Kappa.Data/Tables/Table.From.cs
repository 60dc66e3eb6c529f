using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Kappa.Data.Tables;

public sealed partial class Table
{
    /// <summary>A table of objects: a column for each public property that can be read, in the order of their declaration.</summary>
    /// <typeparam name="T">A class, record or anonymous type whose properties are numbers, bool, enumerations, strings, <see cref="DateTime"/> or
    /// <see cref="DateOnly"/>, nullable or not.</typeparam>
    /// <param name="items">The rows.</param>
    /// <returns>Strings, bools and enumerations become categories, null a missing value.</returns>
    /// <exception cref="ArgumentException">A property is of another type, or a number is NaN or infinite; the message names property and row.</exception>
    public static Table From<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IEnumerable<T> items)
    {
        // A program compiled ahead of time has no tokens, and its properties in order.
        var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.HasMetadataToken() ? property.MetadataToken : 0).ToArray();
        return properties.Length == 0
            ? throw new ArgumentException($"{typeof(T).Name} has no public property; name the columns: Table.From(items, (\"x\", item => ...))", nameof(items))
            : From(items, [.. properties.Select(
                property => (property.Name, property.PropertyType, (Func<T, object?>)(item => property.GetValue(item))))]);
    }

    /// <summary>A table of objects, by columns that say how they are got.</summary>
    /// <typeparam name="T">Anything.</typeparam>
    /// <param name="items">The rows.</param>
    /// <param name="columns">For each column its name, and the value of an item: a number, bool, enumeration, string or date, or null.</param>
    /// <returns>Strings, bools and enumerations become categories.</returns>
    /// <exception cref="ArgumentException">A value is of another type, two kinds stand in one column, or a number is NaN or infinite; the message names column
    /// and row.</exception>
    public static Table From<T>(IEnumerable<T> items, params (string Name, Func<T, object?> Value)[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return From(items, [.. columns.Select(column => (column.Name, typeof(object), column.Value))]);
    }

    private static Table From<T>(IEnumerable<T> items, (string Name, Type Type, Func<T, object?> Value)[] columns)
    {
        ArgumentNullException.ThrowIfNull(items);
        T[] rows = [.. items];
        return new Table(columns.Select(column => ColumnOf(column.Name, column.Type, Array.ConvertAll(rows, row => column.Value(row)))));
    }

    private static TableColumn ColumnOf(string name, Type declared, object?[] values)
    {
        var type = declared == typeof(object) ? values.FirstOrDefault(value => value is not null)?.GetType() ?? typeof(double) : declared;
        type = Nullable.GetUnderlyingType(type) ?? type;
        int other = Array.FindIndex(values, value => value is not null && value.GetType() != type && !(IsNumber(type) && IsNumber(value.GetType())));
        if (other >= 0)
            throw new ArgumentException($"column \"{name}\", row {other}: expected {type.Name} as before; got {values[other]!.GetType().Name} {values[other]}");
        if (IsNumber(type))
        {
            bool isWhole = values.All(value => value is null || !(value is double or float or decimal or Half));
            return new NumberColumn(name, [.. values.Select((value, row) => NumberOf(name, row, value))], isWhole);
        }
        return type == typeof(DateTime) ? new DateColumn(name, Array.ConvertAll(values, value => value is DateTime date ? DateColumn.DaysOf(date) : double.NaN))
            : type == typeof(DateOnly) ? new DateColumn(
                name, Array.ConvertAll(values, value => value is DateOnly day ? DateColumn.DaysOf(day.ToDateTime(default)) : double.NaN))
            : type == typeof(string) || type == typeof(bool) || type == typeof(char) || type.IsEnum
                ? CategoryColumn.From(name, values.Select(value => value is bool truth ? truth ? "true" : "false" : value?.ToString()))
            : throw new ArgumentException(
                $"column \"{name}\": expected numbers, bool, enumerations, strings, DateTime or DateOnly; got {type.Name}. Name the columns that are to be "
                + "taken: Table.From(items, (\"x\", item => ...))");
    }

    private static bool IsNumber(Type type) => !type.IsEnum && (type == typeof(Half) || type == typeof(decimal)
        || (type.IsPrimitive && type != typeof(bool) && type != typeof(char) && type != typeof(nint) && type != typeof(nuint)));

    private static double NumberOf(string name, int row, object? value)
    {
        if (value is null)
            return double.NaN;
        double number = value is Half half ? (double)half : Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
            throw new ArgumentException($"column \"{name}\", row {row}: expected a finite number, or null where there is none; got {value}");
        return (value is long or ulong) && !WholeNumbers.IsExact(number)
            ? throw new ArgumentException($"column \"{name}\", row {row}: {value} {WholeNumbers.Inexact}") : number;
    }
}
