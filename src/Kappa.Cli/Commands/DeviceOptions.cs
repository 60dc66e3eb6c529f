using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary>The options of commands that compute on a device.</summary>
internal sealed class DeviceOptions
{
    private readonly Option<string?> _device;
    private readonly Option<string?>? _precision;

    /// <summary>Makes the options.</summary>
    /// <param name="what">What is computed there.</param>
    /// <param name="hasPrecision">Whether matrices may be multiplied in fewer bits.</param>
    internal DeviceOptions(string what, bool hasPrecision)
    {
        _device = Options.Text(
            "--device", "device",
            $"{what}: {ComputeDevices.Names}. Default: {(hasPrecision ? "as the config says, or cpu" : "cpu")}. kappa devices lists them.");
        _device.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value.Length > 0 && ComputeDevices.FaultOf(token.Value) is { } fault)
                result.AddError($"--device: {fault}");
        });
        if (!hasPrecision)
            return;
        _precision = Options.Text(
            "--precision", "bits", "How the device multiplies matrices: float32, tf32 (cuda), or bfloat16 (cuda, torch-cpu). Default: as the config says, or "
            + "float32.");
        _ = _precision.AcceptOnlyFromAmong([.. Enum.GetValues<MatrixPrecision>().Select(ComputeDevices.TextOf)]);
    }

    /// <summary>Adds them to a command.</summary>
    internal Command AddTo(Command command)
    {
        command.Add(_device);
        if (_precision is not null)
            command.Add(_precision);
        return command;
    }

    /// <summary>What a config says, with what the command line says.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    internal ComputeSettings Over(ComputeSettings config, ParseResult parsed)
    {
        string? device = parsed.GetValue(_device), text = _precision is null ? null : parsed.GetValue(_precision);
        MatrixPrecision? precision = text is null ? null : Enum.GetValues<MatrixPrecision>().Single(value => ComputeDevices.TextOf(value) == text);
        if (device is null && precision is null)
            return config;
        var changed = config.With(device, precision);
        return ComputeDevices.FaultOf(changed.Device ?? "cpu", changed.Precision ?? MatrixPrecision.Float32) is { } fault
            ? throw new UsageException($"--precision: {fault}")
            : changed;
    }

    /// <summary>Opens the device that the command line says.</summary>
    /// <exception cref="ConfigException">There is none on this machine.</exception>
    internal Device Open(ParseResult parsed) => Over(new ComputeSettings(), parsed).Open();
}
