namespace Kappa.Lab.Settings;

/// <summary>Where a run computes.</summary>
public sealed record ComputeSettings : ICheckedSettings
{
    private const string HostName = "cpu";

    /// <summary>Where models, batches and optimizers are; null for the host.</summary>
    [Setting("where models are trained: cpu, torch-cpu, cuda, cuda:N or mps", DefaultText = "cpu")]
    public string? Device { get; init => field = value == HostName ? null : value; }

    /// <summary>How products of matrices are computed there; null for single precision.</summary>
    [Setting("how the device multiplies matrices; tf32 and bfloat16 are faster on graphics cards, and rounder", DefaultText = "float32")]
    public MatrixPrecision? Precision { get; init => field = value == MatrixPrecision.Float32 ? null : value; }

    /// <inheritdoc/>
    public void Check(SettingsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (ComputeDevices.FaultOf(Device ?? HostName) is { } unknown)
            throw check.Fault(nameof(Device), unknown);
        if (ComputeDevices.FaultOf(Device ?? HostName, Precision ?? MatrixPrecision.Float32) is { } fault)
            throw check.Fault(nameof(Precision), fault);
    }

    /// <summary>Opens the device.</summary>
    /// <exception cref="ConfigException">There is none on this machine; the message says what is absent and the way out.</exception>
    public Device Open() => ComputeDevices.Open(Device ?? HostName, Precision ?? MatrixPrecision.Float32);

    /// <summary>The same with what a command line says.</summary>
    /// <param name="device">The device; null as it is.</param>
    /// <param name="precision">The precision; null as it is, but for another device.</param>
    public ComputeSettings With(string? device, MatrixPrecision? precision) => this with { Device = device ?? Device, Precision = precision ?? Precision };
}
