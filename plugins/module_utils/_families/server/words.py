# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys and headers that a record of shapes may name. Pure.

A key may be data: the name of a custom attribute, a uuid, a label. So only keys that the vendor's
documents and published answers have are written, and every other one is counted.
"""

from __future__ import annotations

KEYS = frozenset(
    """
    @id Name Platform Principal TLVVersion aadBulkEnrolled aadDeviceId aadEnrolled
    accountConfiguration accountSettings accountSource accountType actionExceptionCodes
    actionSource actions activationLockEnabled active activeSyncStatus alert alertDate
    alertDefnname alertText alerts allowPairing altSerialNumber anchorCerts
    androidAospDeviceWithoutGms androidBuildFingerprint androidBuildId androidDeviceOwnerEnabled
    androidDeviceOwnerModeEnabled androidEnrollmentSpecificId androidEnterpriseKioskLogoutEnabled
    androidId androidManagedByGoogle androidNetworkSlicingEnabled androidSafetyNetAttestationType
    androidSecurityPatchLevel androidSystemUpdateStatus androidWorkCapable
    androidWorkContainerEnabled androidWorkDeviceAccountEnabled
    androidWorkDeviceOwnerWithWorkProfileEnabled androidWorkEmail androidWorkEnabled
    androidWorkProfileEnabled androidWorkRetryCount androidWorkUid androidWorkUserStatus
    androidZebraCapable androidZebraPatchLevel antiPhishingGeneralStatus antiPhishingStatus
    antiPhishingVpnGeneralStatus apiVersion apnsCapable app appConnectCheckInTime appCount
    appEasIdentifiers appFeedbackLastSync appInventoryCollectAllEnabled appType
    applockerConfigured appsetting appsettings assignedConfigs assignedPolicies attrs authOnly
    autoSetupAdminAccounts availableCapacity availableMacOSUpdates availableOSUpdate
    availableOSUpdates awaitDeviceConfig azureClientStatusCode azureDeviceId
    azureIntuneDeviceStatus azureIntuneStatusUpdatedAt azureUserUpn batteryChargeCycles
    batteryChargingStatus batteryEstimatedChargeRemaining batteryEstimatedRuntime
    batteryHealthPercentage batteryHealthStatus batteryLevel batteryManufacturedDate blockReason
    blocked body bootstrapTokenAvailable bridgeDeviceDataLastCapturedAt bridgeVersion bypassCode
    bypassSaml caCertificateStoreId caId caName caTenantId caType capturedAt carrierShortName
    carrierType cellularTechnology certAccountId certSerialNumber certSerialNumberString certState
    certUsageType cfAttributeName changeOwnerCounter children clearCertificateCacheForSCEPSSetting
    clearCertificateCacheForSCEPSetting clientAppBundleId clientDeviceIdentifier clientId
    clientLastCheckin clientRegistered clientValue clientVersion cloudBackupEnabled
    clusterIdentifier cmPermissionList code comment compliance complianceState compliant
    configurationCount configurationId configurationWebUrl contentCount countLastUpdatedAt
    countries country countryCode countryId countryName createdAt createdBy criteria
    currentCarrierNetwork currentCountryCode currentCountryName currentMcc currentMnc
    currentPhoneNumber currentServerTimeMilliseconds customAttributes customText
    dataRoamingEnabled default defaultDmPartitionId defaultPartition defaultPolicy definition
    depEligible depEnrolled department description details device deviceCount deviceFamily
    deviceGroupCount deviceId deviceModel deviceName deviceSource deviceSpaceId deviceSpaceName
    deviceSpacePath deviceUid deviceUuid devices dispatchDeviceUuid displayName dmPartitionId
    dmPartitionName dmPermissionList domain domainRule easDevice easDeviceIdentifiers
    easLastSyncAttempt easUuid email emailAddress emailDomain employeeOwned enableCustomEnrollment
    enabled enabledForRegistration enrollerId entityName entry errors esimIdentifier
    eventSubscriptionName expiresAt facetedResults failedDevices fcmEnabled field fieldErrors
    files firmwareVersion firstName firstSyncTime folders forcePasswordChange globalErrors
    googleAppsEncryptionAlgVersion groups guid hasMore header helpAtWorkAvailable homeCountryCode
    homeCountryName homeOperator iPhoneVersion iccid id idpUserDeleted imei imei2 imsi
    installedDeviceCount invalidDevices inviteResendCount inviteState ipAddress isActive
    isAlertRead isESSearch isStatic isoAlpha2Code isoAplha2Code issuer itunesAccountActive
    jailbroken key kioskState label labelId labelNames labels languageCountryId languageId
    lastAdminPortalLoginTime lastCheckin lastCloudBackupDate lastConnectedAt lastHotfixId
    lastHotfixInstalledOn lastName lastReassignStatus lastReassignmentStatus lastRegistrationTime
    lastSyncTime lastUpdatedAt latitude legalOwnerEmailAddress legalOwnerId limit locale
    localizedMessage locateNow locateStatus location locationLastCapturedAt locationStatusDetail
    locations locatorServiceEnabled locked loginFailureCount longitude lookupResult
    lostModeEnabled mailboxId mamOnly mandatory manufacturer maxResidentUsers maximumResidentUsers
    mdmChannelId mdmDeviceIdentifier mdmManaged mdmProfileUrlId mdmRemovable mdmState meid
    memberCount membershipStatic message messageKey messageSentFailed messages miDeviceUuid
    migrationStatus mirroringStatus mobileThreatDefenseGeneralStatus mobileThreatDefenseStatus
    model modifiedAt modifiedBy multiUser mutable name networkTethered newProfileUuid nonGMS
    notAfter notBefore notifyUser numOfDevices offset opaque operator operatorId operators
    orgMagic osBuildVersion osEdition osPlatform osVersion osxAutoAdminAccountShortName
    osxFdeEnabled osxFdeHasInstitutionalRecoveryKey osxFdeHasPersonalRecoveryKey
    osxFirewallSettings osxFirmwarePasswordCommandStatus osxFirmwarePasswordStatus
    osxSystemIntegrityProtectionEnabled ownerId ownershipType parentId passcode passcodeCompliant
    passcodeCompliantWithProfiles passcodeLockGracePeriodEnforced passcodeTTL passcodes
    passwordExpiresAt passwordHash passwordHistory passwordNeverExpire path pendingCompliant
    pendingCount phoneNumber pin platform platformCode platformType platformVersion policies
    policy policyCount policyId policyName policyRuleType policyType policyViolationCount
    ppkgPinStatus prettyModel principal priority privacyPolicy privateKey profile profileName
    profileType profile_uuid profiles properties quarantined quarantinedCount quarantinedStatus
    query queryTime radius reassignmentStatus recoveryLockEnabled regCount regType
    registeredAllowedDevice registeredAllowedDevices registeredAt registeredBlockedDevice
    registeredBlockedDevices registration registrationPin registrationState registrationUrl
    resourceDTOs resourceType restrictions result resultCount results retries roaming roles
    rowType rows rule rules salesCode samsungEfotaCapable samsungSafeCapable searchAfterValues
    searchResults searchTimeMillis secureAppsEncryptionMode secureAppsEncryptionStatus
    secureAppsStatus serialNumber serverName serverUuid serviceSubscriptions
    setPrimarySetupAccountAsRegularUser severity showCustomTextOnLoginPage
    skipAutoSetupAdminAccounts skipPrimarySetupAccountCreation skipSetupItems slot
    softwareUpdateEnabled state staticLabel staticMembers status statusCode strays subject
    subscriberCarrierNetwork subscriberMcc subscriberMnc successful superUser supervised
    supervisingHostCerts supportEmailAddress supportLockMessage supportPhoneNumber systemName
    systemUpdateInformation tables temporarySessionOnly tenantId termsAccepted timeLimit timeZone
    title tos tosAcceptedTime tosId totalCapacity totalCount totalDeviceCount totalRamMB
    totalUnfilteredResultCount tpmSpecificationVersion transport treeView type udid uid
    unfilteredFacetedResults unlockpasscode unregisteredAllowedDevice unregisteredAllowedDevices
    unregisteredBlockedDevice unregisteredBlockedDevices updateBy updatedAt uptime url used user
    userDisplayName userEnrolled userFirstName userId userLastName userName
    userPreferenceCSVHeader userSource userUUID userUuid users uuid value values violatedPolicies
    violationDeviceCount virtualServerId visible voiceRoamingEnabled vspVersion wifiMacAddress
    wifiMacAddressForInventory winDmClientChannelUri winServiceSubscriptions windowsDeviceType
    windowsEncrypted wipConfigured wipMandatorySettingsConfigured wipeDisabled wipeReason
    wipedDevice wipedDevices
    """.split()
)

# The maps whose keys are data, even where one looks like a key of the documents, each with the keys
# that it may have besides.
DATA_MAPS = {
    "attrs": frozenset[str](),
    "customAttributes": frozenset({"attrs"}),
    "deviceResults": frozenset[str](),
    "facetedResults": frozenset[str](),
    "ldapAttributes": frozenset({"attrs"}),
    "properties": frozenset({"entry", "key", "value"}),
    "unfilteredFacetedResults": frozenset[str](),
}

# The headers that servers, proxies and gateways send. Others may name a company.
HEADERS = frozenset(
    """
    age allow cache-control connection content-disposition content-encoding content-language
    content-length content-security-policy content-type date etag expect-ct expires keep-alive
    last-modified location pragma ratelimit ratelimit-limit ratelimit-policy ratelimit-remaining
    ratelimit-reset referrer-policy retry-after server set-cookie strict-transport-security
    transfer-encoding vary via warning www-authenticate x-content-type-options x-frame-options
    x-rate-limit-limit x-rate-limit-remaining x-rate-limit-reset x-ratelimit-limit
    x-ratelimit-remaining x-ratelimit-reset x-request-id x-xss-protection
    """.split()
)
