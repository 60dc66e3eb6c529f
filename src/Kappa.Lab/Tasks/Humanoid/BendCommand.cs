namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The commanded bend over time, b(t) = centre + amplitude sin(2 pi frequency t + phase); constant when the amplitude is 0.</summary>
/// <param name="Center">Mean bend, in rad.</param>
/// <param name="Amplitude">Amplitude, in rad.</param>
/// <param name="Frequency">Frequency, in Hz.</param>
/// <param name="Phase">Phase at time 0, in rad.</param>
internal readonly record struct BendCommand(double Center, double Amplitude, double Frequency, double Phase)
{
    public double At(double time) =>
        Amplitude == 0 ? Center : Center + (Amplitude * Math.Sin((Math.Tau * Frequency * time) + Phase));
}
