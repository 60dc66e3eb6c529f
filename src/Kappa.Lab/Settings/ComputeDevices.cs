namespace Kappa.Lab.Settings;

/// <summary>The devices that settings may name: the host, and those of packages that register theirs when a program starts.</summary>
public static class ComputeDevices
{
    private const string HostName = "cpu";

    private static readonly Lock Gate = new();

    /// <summary>Every family, the host first.</summary>
    public static IReadOnlyList<DeviceFamily> Families { get; private set; } =
        [new(HostName, false, "the host's memory and processor, with Kappa's own kernels", (_, _) => Device.Cpu)];

    /// <summary>Adds a family, or puts it in the place of the one of its name.</summary>
    /// <param name="family">The family.</param>
    public static void Register(DeviceFamily family)
    {
        ArgumentNullException.ThrowIfNull(family);
        lock (Gate)
            Families = [.. Families.Where(other => other.Name != family.Name), family];
    }

    /// <summary>What settings may say, such as <c>cpu, cuda or cuda:N</c>.</summary>
    public static string Names
    {
        get
        {
            string[] names = [.. Families.SelectMany(family => family.IsNumbered ? new[] { family.Name, $"{family.Name}:N" } : [family.Name])];
            return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
        }
    }

    /// <summary>What is wrong with a name or a precision, as expected and got; null where nothing is. Whether there is such a device here is found when it is
    /// opened.</summary>
    /// <param name="name">The name.</param>
    /// <param name="precision">How products of matrices are to be computed there.</param>
    public static string? FaultOf(string name, MatrixPrecision precision = MatrixPrecision.Float32)
    {
        if (Find(name) is not var (family, _))
            return $"expected {Names}; got {(string.IsNullOrEmpty(name) ? "an empty text" : name)}";
        return family.Precisions.Contains(precision)
            ? null
            : $"{name} computes in {string.Join(" or ", family.Precisions.Select(TextOf))}; got {TextOf(precision)}";
    }

    /// <summary>Opens a device.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="precision">How products of matrices are computed there.</param>
    /// <exception cref="ConfigException">There is no such device, or not on this machine; the message says what is absent and the way out.</exception>
    public static Device Open(string name, MatrixPrecision precision = MatrixPrecision.Float32)
    {
        if (FaultOf(name, precision) is { } fault)
            throw new ConfigException($"device: {fault}");
        var (family, index) = Find(name)!.Value;
        try
        {
            return family.Open(index, precision);
        }
        catch (NotSupportedException error)
        {
            throw new ConfigException($"the device {name} cannot be used here: {error.Message}");
        }
    }

    /// <summary>A precision as settings spell it.</summary>
    /// <param name="precision">The precision.</param>
    public static string TextOf(MatrixPrecision precision) => JsonNamingPolicy.KebabCaseLower.ConvertName(precision.ToString());

    private static (DeviceFamily Family, int Index)? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Families.FirstOrDefault(family => family.Name == name) is { } one)
            return (one, 0);
        // A number as it is written: no sign, no blank, no zero in front.
        return name.Split(':') is [var first, var number] && Families.FirstOrDefault(family => family.IsNumbered && family.Name == first) is { } many
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && number == index.ToString(CultureInfo.InvariantCulture)
            ? (many, index)
            : null;
    }
}
