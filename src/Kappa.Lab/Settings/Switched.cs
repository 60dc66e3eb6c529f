namespace Kappa.Lab.Settings;

/// <summary>Settings that a config may also switch on at their defaults with <c>true</c>, or off with <c>false</c>.</summary>
/// <typeparam name="T">A record of settings.</typeparam>
/// <param name="Settings">The settings; null where it is switched off.</param>
public sealed record Switched<T>(T? Settings)
    where T : class;
