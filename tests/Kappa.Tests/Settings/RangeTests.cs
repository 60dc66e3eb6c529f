using System.Globalization;
using System.Reflection;

namespace Kappa.Tests.Settings;

/// <summary>What settings declare is what their check holds them to.</summary>
public sealed class RangeTests
{
    public static TheoryData<string, string> Settings()
    {
        var data = new TheoryData<string, string>();
        foreach (var type in typeof(RangeAttribute).Assembly.GetExportedTypes())
        {
            foreach (var property in type.GetProperties().Where(property => property.GetCustomAttribute<RangeAttribute>() is not null))
                data.Add(type.FullName!, property.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_number_out_of_range_is_refused_by_name_and_the_default_is_in_range(string type, string property)
    {
        var options = typeof(RangeAttribute).Assembly.GetType(type)!;
        var setting = options.GetProperty(property)!;
        var range = setting.GetCustomAttribute<RangeAttribute>()!;
        var kind = Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType;
        bool isWhole = kind != typeof(double);
        object valid = Activator.CreateInstance(options)!;
        if (setting.GetValue(valid) is { } standard)
            Assert.True(range.Contains(Convert.ToDouble(standard, CultureInfo.InvariantCulture)));
        var outside = new[] { range.AtLeast - 1, range.AtMost + 1, range.Above, range.Below }.Where(value => !double.IsNaN(value));
        foreach (double value in isWhole ? outside : outside.Concat([double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity]))
        {
            object instance = Activator.CreateInstance(options)!;
            setting.SetValue(instance, Convert.ChangeType(value, kind, CultureInfo.InvariantCulture));
            var error = Assert.IsType<ArgumentOutOfRangeException>(
                Assert.Throws<TargetInvocationException>(() => options.GetMethod("Validate")!.Invoke(instance, null)).InnerException, exactMatch: false);
            Assert.Contains($"{options.Name}.{property} takes {range.Describe(isWhole)}; got ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, double.NaN, double.NaN, double.NaN, false, "a finite number of zero or more")]
    [InlineData(1, double.NaN, double.NaN, double.NaN, true, "a whole number of 1 or more")]
    [InlineData(double.NaN, 0, double.NaN, double.NaN, false, "a finite number above zero")]
    [InlineData(0, double.NaN, 1, double.NaN, false, "a number from 0 to 1")]
    [InlineData(0, double.NaN, double.NaN, 1, false, "a number from 0 up to, but not including, 1")]
    [InlineData(1, double.NaN, 30, double.NaN, true, "a whole number from 1 to 30")]
    [InlineData(double.NaN, double.NaN, 0.5, double.NaN, false, "a number to 0.5")]
    public void A_range_says_what_it_takes(double atLeast, double above, double atMost, double below, bool isWhole, string expected)
    {
        var range = new RangeAttribute { AtLeast = atLeast, Above = above, AtMost = atMost, Below = below };
        Assert.Equal(expected, range.Describe(isWhole));
        Assert.Equal(!double.IsNaN(atLeast), range.Contains(double.IsNaN(atLeast) ? above : atLeast));
        Assert.False(range.Contains(double.IsNaN(below) ? double.PositiveInfinity : below));
        Assert.True(range.Contains(0.5) || isWhole);
    }
}
