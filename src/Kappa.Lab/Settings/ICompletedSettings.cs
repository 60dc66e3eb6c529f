namespace Kappa.Lab.Settings;

/// <summary>Settings of which some, where they are left out, follow from the others.</summary>
internal interface ICompletedSettings
{
    /// <summary>The same settings with those filled in; called once, when they are read.</summary>
    object Complete(SettingsCheck check);
}
